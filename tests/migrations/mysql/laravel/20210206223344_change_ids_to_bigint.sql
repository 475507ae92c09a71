SET FOREIGN_KEY_CHECKS=0;
alter table `product_user` drop foreign key `product_user_user_id_foreign`;
alter table `stores` drop foreign key `shops_owner_id_foreign`;
alter table `users` modify `id` bigint unsigned not null auto_increment;
alter table `product_user` modify `user_id` bigint unsigned not null;
alter table `stores` modify `owner_id` bigint unsigned null;
alter table `product_user` add constraint `product_user_user_id_foreign` foreign key (`user_id`) references `users` (`id`) on delete cascade;
alter table `stores` add constraint `stores_owner_id_foreign` foreign key (`owner_id`) references `users` (`id`) on delete set null;
SET FOREIGN_KEY_CHECKS=1;
