UPDATE `users` SET `email`='' WHERE `email` IS NULL;
ALTER TABLE `users` CHANGE `email` `email` varchar(255) DEFAULT '' NOT NULL, ADD `confirmed_email` varchar(255) GENERATED ALWAYS AS (nullif(`email`, '')) VIRTUAL AFTER `email`, ADD UNIQUE INDEX `index_users_on_email` (`confirmed_email`);
CREATE UNIQUE INDEX `index_users_on_username_and_email` ON `users` (`username`, `email`(20));
ALTER TABLE `users` ALTER INDEX `index_users_on_username_and_email` IGNORED;
