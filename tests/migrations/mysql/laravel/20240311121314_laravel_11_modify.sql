alter table `shops` modify `store_id` int unsigned not null, add unique `shops_store_id_unique`(`store_id`);
alter table `shops` drop primary key;
alter table `shops` add column `ulid` char(26) character set ascii collate ascii_bin null first, add primary key (`store_id`);
alter table `personal_access_tokens` add `expires_at` timestamp null after `last_used_at`, add unique key (`name`, `tokenable_id`), auto_increment = 1000;
alter table `personal_access_tokens` drop index `name`;
alter table `reviews` drop index if exists `reviews_user_id_unique`;
alter table `reviews` rename index `product_user_product_id_user_id_unique` to `reviews_product_id_user_id_unique`, lock = none;
drop table `failed_jobs`;
