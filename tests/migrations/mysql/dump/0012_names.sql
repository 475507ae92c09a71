CREATE TABLE `odd ``name``; 1` (`select` int NOT NULL, `a;b` varchar(5) UNIQUE, `key` int, UNIQUE KEY `unique` (`key`, `select`), PRIMARY KEY(`select`));
ALTER TABLE `odd ``name``; 1` DROP INDEX `a;b`, ADD UNIQUE `a;b` (`a;b`(3));
RENAME TABLE `odd ``name``; 1` TO odd;
SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES');
ALTER TABLE "odd" CHANGE "a;b" ab varchar(5) NOT NULL, ADD COLUMN "note" text DEFAULT 'it''s "quoted"';
SET SESSION sql_mode = REPLACE(@@sql_mode, 'ANSI_QUOTES', '');
UPDATE odd SET note = "ALTER TABLE accounts DROP INDEX mail; \"" WHERE `key` IS NULL;
