alter table `product_user` drop foreign key `product_user_product_id_foreign`;
alter table `product_user` drop primary key;
alter table `product_user` add `id` bigint unsigned not null auto_increment primary key first;
alter table `product_user` modify `product_id` int unsigned null, modify `rating` tinyint unsigned not null default '0';
alter table `product_user` add unique `product_user_product_id_user_id_unique`(`product_id`, `user_id`);
rename table `product_user` to `reviews`;
