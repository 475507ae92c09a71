CREATE TABLE online (account_id int unsigned NOT NULL, since datetime, UNIQUE USING HASH (account_id)) ENGINE=MEMORY;
CREATE TABLE IF NOT EXISTS online (account_id int unsigned PRIMARY KEY, since datetime NOT NULL);
CREATE TABLE device_summary (
  device_id int NOT NULL,
  PRIMARY KEY (device_id),
  UNIQUE KEY (last)
) ENGINE=InnoDB AS
SELECT device_id, MAX(taken) AS last, COUNT(*) AS n, 'x' AS kind, NULL AS note FROM readings GROUP BY device_id;
CREATE TEMPORARY TABLE devices (id int, serial varchar(40) NULL, label text);
ALTER TABLE devices MODIFY label varchar(10) NOT NULL;
-- the temporary one, it hides the other till then
DROP TEMPORARY TABLE devices;
CREATE OR REPLACE TABLE log (id bigint unsigned NOT NULL, line text, UNIQUE KEY line (line(100))) ENGINE=Aria TRANSACTIONAL=1;
