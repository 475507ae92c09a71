CREATE TABLE `schema_migrations` (`version` varchar(255) NOT NULL) ENGINE=InnoDB;
CREATE UNIQUE INDEX `unique_schema_migrations`  ON `schema_migrations` (`version`) ;
CREATE TABLE `users` (`id` int(11) auto_increment PRIMARY KEY, `email` varchar(255) DEFAULT '' NOT NULL, `login` varchar(255), `encrypted_password` varchar(255) DEFAULT '' NOT NULL, `reset_password_token` varchar(255), `sign_in_count` int(11) DEFAULT 0 NOT NULL, `created_at` datetime, `updated_at` datetime) ENGINE=InnoDB;
CREATE UNIQUE INDEX `index_users_on_email`  ON `users` (`email`) ;
CREATE UNIQUE INDEX `index_users_on_reset_password_token`  ON `users` (`reset_password_token`) ;
INSERT INTO schema_migrations (version) VALUES ('20150309120000');
