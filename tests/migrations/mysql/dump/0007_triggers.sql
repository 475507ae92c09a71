CREATE TRIGGER accounts_bu BEFORE UPDATE ON accounts FOR EACH ROW
BEGIN
  IF NEW.mail <> OLD.mail THEN
    SET NEW.mail = LOWER(NEW.mail);
  ELSEIF NEW.mail IS NULL THEN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'mail must not be NULL; drop table accounts;';
  END IF;
END;
CREATE TRIGGER IF NOT EXISTS devices_bi BEFORE INSERT ON devices FOR EACH ROW SET NEW.label = IFNULL(NEW.label, CONCAT('# ', NEW.serial)); # and a comment; like this
CREATE FUNCTION hex_of(m binary(6)) RETURNS char(12) DETERMINISTIC RETURN HEX(m);
/*! ALTER TABLE accounts ADD COLUMN locale char(5) NOT NULL DEFAULT 'en_GB' AFTER login */;
/*!50003 ALTER TABLE accounts MODIFY login varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin */;
ALTER TABLE accounts ADD KEY locale (locale, mail(10)) /*!80000 INVISIBLE, ADD UNIQUE KEY locale_unique (locale) */;
/*M!100203 ALTER TABLE accounts ADD CONSTRAINT locale_shape CHECK (locale REGEXP '^[a-z]{2}_[A-Z]{2}$') */;
