update `users` set `email` = concat(`username`, '@invalid.example') where `email` is null;
alter table `users` modify `email` varchar(191) not null;
alter table `users` drop index `users_email_unique`, add unique `users_email_unique`(`email`, `remember_token`);
alter table `users` modify `username` varchar(60) null collate 'utf8mb4_bin', rename column `name` to `display_name`;
create table if not exists `users` (`id` bigint unsigned not null auto_increment primary key, `email` varchar(255) not null unique);
