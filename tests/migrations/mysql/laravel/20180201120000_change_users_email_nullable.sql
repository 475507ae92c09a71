ALTER TABLE users CHANGE email email VARCHAR(191) CHARACTER SET utf8mb4 DEFAULT NULL COLLATE `utf8mb4_unicode_ci`;
alter table `users` add `username` varchar(40) not null after `name`, add `provider` varchar(30) null, add `provider_id` varchar(60) null;
update `users` set `username` = concat('user-', `id`) where `username` = '';
alter table `users` add unique `users_username_unique`(`username`);
alter table `users` add unique `users_provider_provider_id_unique`(`provider`, `provider_id`);
