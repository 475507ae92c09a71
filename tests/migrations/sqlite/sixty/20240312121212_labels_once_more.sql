CREATE TABLE labels (label TEXT NOT NULL, printed_at TEXT, contact_id INTEGER UNIQUE REFERENCES contacts (id));
CREATE UNIQUE INDEX labels_printed ON labels (printed_at, label) WHERE 1;
SAVEPOINT fill; INSERT INTO labels (label) VALUES ('a'), ('b'); RELEASE fill;
