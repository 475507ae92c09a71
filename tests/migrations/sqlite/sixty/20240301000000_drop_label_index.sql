DROP INDEX IF EXISTS labels_name; -- went with the table in 20240216161616
CREATE UNIQUE INDEX labels_position ON labels (position, name);
