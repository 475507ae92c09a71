CREATE TABLE _notes_new (
    id TEXT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL DEFAULT '(untitled)',
    body TEXT,
    folder TEXT
);
INSERT INTO _notes_new (id, title, body) SELECT id, coalesce(title, '(untitled)'), body FROM notes;
DROP TABLE notes;
ALTER TABLE _notes_new RENAME TO notes;
-- UNIQUE of the title went with the table that was dropped
