DROP INDEX `index_users_on_email` ON `users`;
DROP INDEX `index_articles_on_slug` ON `articles`;
CREATE UNIQUE INDEX `index_articles_on_category_id_and_slug` ON `articles` (`category_id`, `slug`) ALGORITHM = INPLACE;
DROP INDEX IF EXISTS `index_articles_on_deleted_at` ON `articles`;
ALTER TABLE `users` DROP `sign_in_count`;
