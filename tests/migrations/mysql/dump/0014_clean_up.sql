DROP PROCEDURE IF EXISTS add_column_if_missing;
DROP FUNCTION hex_of;
ALTER TABLE accounts DROP KEY login, ADD UNIQUE KEY login_locale (login, locale);
ALTER TABLE accounts MODIFY COLUMN IF EXISTS nickname varchar(20) NOT NULL, ALTER mail SET DEFAULT 'none';
ALTER TABLE urls DROP KEY url, DROP KEY host_sha1, ADD PRIMARY KEY (sha1), DEFAULT CHARACTER SET latin1;
ALTER TABLE log_2023 DROP COLUMN at, DROP KEY at_line, CHECKSUM=1;
DROP TABLE log_2024, readings_2023, online;
FLUSH TABLES;
