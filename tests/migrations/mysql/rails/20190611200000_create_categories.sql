CREATE TABLE `categories` (`id` bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, `name` varchar(255), `ancestry` varchar(255) CHARACTER SET ascii COLLATE ascii_bin, `articles_count` int, UNIQUE INDEX `index_categories_on_ancestry_and_name`  (`ancestry`, `name`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='UNIQUE KEY (`name`)';
-- create_join_table
CREATE TABLE `articles_categories` (`article_id` bigint NOT NULL, `category_id` bigint NOT NULL, UNIQUE INDEX `index_articles_categories_on_article_id_and_category_id`  (`article_id`, `category_id`));
ALTER TABLE `articles` ADD `category_id` bigint, ADD `featured` tinyint(1) DEFAULT FALSE NOT NULL AFTER `title`;
ALTER TABLE `articles` ADD CONSTRAINT `fk_rails_af09d53ead` FOREIGN KEY (`category_id`) REFERENCES `categories` (`id`);
