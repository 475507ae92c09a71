-- in place, as https://www.sqlite.org/lang_altertable.html has it
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'body TEXT NOT NULL DEFAULT ''''', 'body TEXT')
WHERE type = 'table' AND name = 'remarks';
PRAGMA schema_version = 4711;
PRAGMA writable_schema = OFF;
