alter table `users` drop index `users_email_unique`;
alter table `users` add unique `users_email_unique`(`email`);
alter table `products` drop index `products_shop_id_sku_deleted_at_unique`, drop `deleted_at`;
alter table `products` add unique `products_store_id_title_hash_unique` using btree(`store_id`, `title_hash`);
alter table `sessions` add `device` varchar(40) not null default '', drop primary key, add primary key (`id`, `device`);
