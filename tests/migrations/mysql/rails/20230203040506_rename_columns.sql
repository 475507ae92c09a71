ALTER TABLE `categories` RENAME COLUMN `ancestry` TO `path`;
ALTER TABLE `categories` RENAME INDEX `index_categories_on_ancestry_and_name` TO `index_categories_on_path_and_name`;
ALTER TABLE `categorizations` RENAME COLUMN `article_id` TO `item_id`, DROP INDEX `index_articles_categories_on_article_id_and_category_id`, ADD UNIQUE INDEX `index_categorizations_on_item_id` (`item_id`);
ALTER TABLE `memberships` DROP PRIMARY KEY, ADD `id` bigint NOT NULL AUTO_INCREMENT, ADD PRIMARY KEY (`id`);
