ALTER TABLE `users` CHANGE `login` `username` varchar(40) COLLATE utf8mb4_unicode_ci NOT NULL;
ALTER TABLE `users` RENAME INDEX `index_users_on_login` TO `index_users_on_username`;
ALTER TABLE `comments` CHANGE `position` `sequence` int(11) DEFAULT NULL;
ALTER TABLE `comments` RENAME INDEX `index_comments_on_article_id_and_position` TO `index_comments_on_article_id_and_sequence`;
