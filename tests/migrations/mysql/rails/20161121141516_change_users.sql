UPDATE `users` SET `login`=concat('user', `id`) WHERE `login` IS NULL;
ALTER TABLE `users` CHANGE `login` `login` varchar(40) NOT NULL;
CREATE UNIQUE INDEX `index_users_on_login`  ON `users` (`login`);
ALTER TABLE `users` CHANGE `email` `email` varchar(191) DEFAULT NULL;
ALTER TABLE `articles` CHANGE `title` `title` varchar(200) COLLATE utf8mb4_unicode_ci DEFAULT '' NOT NULL;
ALTER TABLE `articles` ALTER COLUMN `title` DROP DEFAULT;
