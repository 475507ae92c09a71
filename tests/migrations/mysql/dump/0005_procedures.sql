CREATE PROCEDURE add_column_if_missing(IN tbl varchar(64), IN col varchar(64), IN def text)
    MODIFIES SQL DATA
    COMMENT 'ALTER TABLE … ADD COLUMN IF NOT EXISTS; for MySQL, too'
BEGIN
  DECLARE n INT DEFAULT 0;
  SELECT COUNT(*) INTO n FROM information_schema.columns
   WHERE table_schema = DATABASE() AND table_name = tbl AND column_name = col;
  IF n = 0 THEN
    SET @ddl = CONCAT('ALTER TABLE `', tbl, '` ADD COLUMN `', col, '` ', def);
    PREPARE stmt FROM @ddl;
    EXECUTE stmt;
    DEALLOCATE PREPARE stmt;
  END IF;
END;

CALL add_column_if_missing('devices', 'firmware', 'varchar(20) NOT NULL DEFAULT \'0;0\'');
CALL add_column_if_missing('devices', 'serial', 'varchar(40) NULL');

CREATE PROCEDURE relax() ALTER TABLE words MODIFY hits bigint NOT NULL DEFAULT 0, DROP CONSTRAINT CONSTRAINT_1;
CALL relax;
DROP PROCEDURE relax;
