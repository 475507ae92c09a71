RENAME TABLE `comments` TO `replies`;
ALTER TABLE `replies` RENAME INDEX `index_comments_on_article_id_and_sequence` TO `index_replies_on_article_id_and_sequence`;
ALTER TABLE `replies` RENAME INDEX `index_comments_on_user_id` TO `index_replies_on_user_id`;
CREATE TABLE IF NOT EXISTS `comments` (`id` bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, `commentable_type` varchar(255) NOT NULL, `commentable_id` bigint NOT NULL, `uid` varchar(64), `body` longtext, `created_at` datetime(6) NOT NULL, INDEX `index_comments_on_commentable`  (`commentable_type`, `commentable_id`), UNIQUE INDEX `index_comments_on_uid`  (`uid`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
