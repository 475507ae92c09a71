-- The slug is unique for each author only. SQLite takes no constraint away: the table is made anew.
CREATE TABLE new_entries (
    id INTEGER PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES authors (id),
    slug TEXT NOT NULL,
    note TEXT
);
INSERT INTO new_entries SELECT id, author_id, slug, note FROM entries;
DROP TABLE entries;
ALTER TABLE new_entries RENAME TO entries;

CREATE UNIQUE INDEX by_author ON entries (author_id, slug);
