CREATE TABLE `articles` (`id` int(11) auto_increment PRIMARY KEY, `user_id` int(11), `title` varchar(255), `slug` varchar(255), `body` mediumtext, `published_at` datetime, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL) ENGINE=InnoDB;
CREATE  INDEX `index_articles_on_user_id`  ON `articles` (`user_id`) ;
CREATE UNIQUE INDEX `index_articles_on_slug`  ON `articles` (`slug`(191)) ;
CREATE TABLE `friendly_id_slugs` (`id` int(11) auto_increment PRIMARY KEY, `slug` varchar(255) NOT NULL, `sluggable_id` int(11) NOT NULL, `sluggable_type` varchar(50), `scope` varchar(255), `created_at` datetime) ENGINE=InnoDB;
CREATE UNIQUE INDEX `index_friendly_id_slugs_on_slug_and_sluggable_type_and_scope`  ON `friendly_id_slugs` (`slug`(140), `sluggable_type`, `scope`(70)) ;
CREATE  INDEX `index_friendly_id_slugs_on_sluggable_type`  ON `friendly_id_slugs` (`sluggable_type`) ;
