drop table if exists `password_resets`;
create table if not exists `password_reset_tokens` (`email` varchar(191) not null, `token` varchar(255) not null, `created_at` timestamp null, primary key (`email`)) default character set utf8mb4 collate 'utf8mb4_unicode_ci';
drop table if exists `sessions`;
create table `sessions` (`id` varchar(191) not null, `user_id` bigint unsigned null, `ip_address` varchar(45) null, `payload` longtext not null, `last_activity` int not null, primary key (`id`)) default character set utf8mb4 collate 'utf8mb4_unicode_ci';
alter table `sessions` add index `sessions_user_id_index`(`user_id`);
alter table `users` drop index `users_provider_provider_id_unique`;
alter table `users` drop `provider`, drop `provider_id`;
