create table `shops` (`id` int unsigned not null auto_increment primary key, `owner_id` int unsigned null, `name` varchar(100) not null, `slug` varchar(100) not null, `settings` json null, `deleted_at` timestamp null) default character set utf8mb4 collate 'utf8mb4_unicode_ci';
alter table `shops` add constraint `shops_owner_id_foreign` foreign key (`owner_id`) references `users` (`id`) on delete set null;
alter table `shops` add unique `shops_slug_unique`(`slug`);
create table `products` (`id` int unsigned not null auto_increment primary key, `shop_id` int unsigned not null, `sku` varchar(64) null, `title` varchar(255) not null, `description` text null, `price` decimal(8, 2) not null default '0', `status` enum('draft', 'live', 'sold; out') not null default 'draft', `created_at` timestamp null, `updated_at` timestamp null) default character set utf8mb4 collate 'utf8mb4_unicode_ci';
alter table `products` add constraint `products_shop_id_foreign` foreign key (`shop_id`) references `shops` (`id`) on delete cascade;
alter table `products` add unique `products_shop_id_sku_unique`(`shop_id`, `sku`);
