ALTER TABLE devices DROP FOREIGN KEY devices_ibfk_1;
ALTER TABLE devices
  DROP INDEX account_label,
  DROP COLUMN label,
  ADD COLUMN model varchar(30) NULL DEFAULT NULL COMMENT 'UNIQUE, they say; NOT NULL, too',
  ADD UNIQUE KEY account_model (account_id, model),
  RENAME INDEX serial TO device_serial,
  ALTER COLUMN firmware SET DEFAULT '1',
  ADD CONSTRAINT device_account FOREIGN KEY fk_index (account_id) REFERENCES accounts (id);
DROP TRIGGER devices_bi;
CREATE TABLE calibrations (
  device_id int, at date, factor double NOT NULL, valid_from date, valid_to date,
  FOREIGN KEY (device_id) REFERENCES devices (id),
  CONSTRAINT once UNIQUE (device_id, at),
  PERIOD FOR valid (valid_from, valid_to),
  UNIQUE (factor, valid WITHOUT OVERLAPS)
) WITH SYSTEM VERSIONING;
