alter table `products` add `deleted_at` timestamp null;
alter table `products` add index `products_shop_id_index`(`shop_id`);
alter table `products` drop index `products_shop_id_sku_unique`;
alter table `products` add unique `products_shop_id_sku_deleted_at_unique`(`shop_id`, `sku`, `deleted_at`);
