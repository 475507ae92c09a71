alter table `stores` drop index `stores_slug_unique`;
alter table `stores` add `slug_key` varchar(100) as (if(`deleted_at` is null, `slug`, null)) stored, add `currency` char(3) not null default 'EUR';
alter table `stores` add unique `stores_slug_key_unique`(`slug_key`);
alter table `products` add `title_hash` binary(16) as (unhex(md5(`title`))) virtual;
alter table `products` add fulltext `products_title_description_fulltext`(`title`, `description`);
alter table `products` comment = 'see `stores`; add unique `products_title_unique`(`title`)';
