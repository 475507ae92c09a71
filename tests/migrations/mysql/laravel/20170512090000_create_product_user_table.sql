create table `product_user` (`product_id` int unsigned not null, `user_id` int unsigned not null, `rating` tinyint unsigned null) default character set utf8mb4 collate 'utf8mb4_unicode_ci';
alter table `product_user` add constraint `product_user_product_id_foreign` foreign key (`product_id`) references `products` (`id`) on delete cascade;
alter table `product_user` add constraint `product_user_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on delete cascade;
alter table `product_user` add primary key `product_user_product_id_user_id_primary`(`product_id`, `user_id`);
