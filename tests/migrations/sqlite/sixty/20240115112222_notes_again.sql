-- the name is used again, for another thing
CREATE TABLE IF NOT EXISTS notes (
    id TEXT PRIMARY KEY NOT NULL,
    title TEXT UNIQUE,
    body TEXT
);
