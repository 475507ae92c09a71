CREATE TABLE company (
    id INTEGER PRIMARY KEY ASC,
    name TEXT NOT NULL,
    vat TEXT NOT NULL ON CONFLICT IGNORE,
    UNIQUE (name COLLATE NOCASE, vat)
);
INSERT INTO company SELECT id, name, coalesce(vat, 'unknown ' || id) FROM companies WHERE id IS NOT NULL;
