DROP TABLE IF EXISTS `sessions`;
DROP TABLE `schema_migrations`;
CREATE TABLE `schema_migrations` (`version` varchar(255) NOT NULL PRIMARY KEY) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
ALTER TABLE `comments` DROP INDEX `index_comments_on_uid`;
ALTER TABLE `comments` CHANGE `uid` `uid` varchar(64) NOT NULL, ADD CONSTRAINT `uniq_comment_uid` UNIQUE KEY (`uid`);
ALTER TABLE `replies` DROP FOREIGN KEY `fk_rails_03de2dc08c`;
ALTER TABLE `replies` DROP COLUMN `user_id`, ALGORITHM = COPY;
ANALYZE TABLE `replies`;
OPTIMIZE TABLE `comments`;
