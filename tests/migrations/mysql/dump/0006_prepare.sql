SET @have = (SELECT COUNT(*) FROM information_schema.statistics
             WHERE table_schema = DATABASE() AND table_name = 'accounts' AND index_name = 'mail');
SET @sql = IF(@have > 0, 'ALTER TABLE accounts DROP INDEX mail, ADD UNIQUE INDEX mail (mail)', 'DO 0');
PREPARE st FROM @sql; EXECUTE st; DEALLOCATE PREPARE st;
EXECUTE IMMEDIATE 'ALTER TABLE `words` DROP INDEX `meaning`';
EXECUTE IMMEDIATE CONCAT('CREATE UNIQUE INDEX lang_hits ON wo', 'rds (lang, hits)');
PREPARE st FROM 'SELECT word FROM words WHERE lang = ?'; SET @l = 'en'; EXECUTE st USING @l; DEALLOCATE PREPARE st;
