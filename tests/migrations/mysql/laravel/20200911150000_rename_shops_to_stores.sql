rename table `shops` to `stores`;
alter table `products` drop foreign key `products_shop_id_foreign`;
ALTER TABLE products CHANGE shop_id store_id INT UNSIGNED NOT NULL;
alter table `products` rename index `products_shop_id_index` to `products_store_id_index`;
alter table `products` add constraint `products_store_id_foreign` foreign key (`store_id`) references `stores` (`id`) on delete cascade;
alter table `stores` drop index `shops_slug_unique`;
alter table `stores` add unique `stores_slug_unique`(`slug`(40));
create table `shops` (`code` char(8) not null, `store_id` int unsigned null, `opens` time null, primary key (`code`)) default character set utf8mb4 collate 'utf8mb4_unicode_ci' engine = InnoDB;
