ALTER TABLE `comments` DROP FOREIGN KEY `fk_rails_3bf61a60d3`;
ALTER TABLE `comments` DROP FOREIGN KEY `fk_rails_03de2dc08c`;
ALTER TABLE `users` CHANGE `id` `id` bigint NOT NULL AUTO_INCREMENT;
ALTER TABLE `articles` MODIFY `id` bigint AUTO_INCREMENT, MODIFY `user_id` bigint NOT NULL;
ALTER TABLE `comments` MODIFY COLUMN `article_id` bigint NOT NULL, MODIFY COLUMN `user_id` bigint;
ALTER TABLE `comments` ADD CONSTRAINT `fk_rails_3bf61a60d3` FOREIGN KEY (`article_id`) REFERENCES `articles` (`id`) ON DELETE CASCADE, ADD CONSTRAINT `fk_rails_03de2dc08c` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE SET NULL;
