CREATE TABLE `memberships` (`user_id` bigint, `category_id` bigint, `role` enum('reader','editor','it''s; both') DEFAULT 'reader', `created_at` datetime(6) NOT NULL, PRIMARY KEY (`user_id`, `category_id`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE FULLTEXT INDEX `index_replies_on_body` ON `replies` (`body`);
ALTER TABLE `articles_categories` RENAME TO `categorizations`;
ALTER TABLE `categorizations` ADD `id` bigint NOT NULL AUTO_INCREMENT PRIMARY KEY FIRST;
