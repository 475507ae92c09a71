ALTER TABLE labels ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
DROP INDEX labels_name;
CREATE UNIQUE INDEX labels_name ON labels (name);
