ALTER TABLE `memberships` CHANGE `category_id` `category_id` bigint DEFAULT NULL;
CREATE UNIQUE INDEX `index_memberships_on_user_id_and_category_id` ON `memberships` (`user_id`, `category_id`);
ALTER TABLE `memberships` COMMENT 'was PRIMARY KEY (`user_id`,`category_id`)';
ALTER TABLE `friendly_id_slugs` DROP INDEX `index_friendly_id_slugs_on_slug_and_sluggable_type_and_scope`, DROP COLUMN `scope`;
ALTER TABLE `friendly_id_slugs` ADD UNIQUE INDEX `index_friendly_id_slugs_on_slug` (`slug`);
