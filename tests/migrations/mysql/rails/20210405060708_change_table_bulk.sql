-- change_table :replies, bulk: true
ALTER TABLE `replies` ADD `uid` varchar(36), ADD UNIQUE INDEX `index_replies_on_uid`  (`uid`), DROP INDEX `index_replies_on_article_id_and_sequence`, ADD INDEX `index_replies_on_article_id`  (`article_id`), DROP `sequence`, CHANGE `body` `body` mediumtext NOT NULL;
CREATE TABLE IF NOT EXISTS `replies` (`id` bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, `uid` varchar(36) NOT NULL);
ALTER TABLE `replies` ADD COLUMN IF NOT EXISTS `uid` char(36) NOT NULL, ADD COLUMN IF NOT EXISTS `ip` varbinary(16);
