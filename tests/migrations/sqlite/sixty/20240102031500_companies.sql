CREATE TABLE companies (
    id INTEGER PRIMARY KEY DESC, -- not an alias of the rowid, that is how SQLite has it
    name TEXT NOT NULL UNIQUE,
    vat TEXT NULL
);
