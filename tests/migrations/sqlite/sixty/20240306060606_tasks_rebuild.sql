-- no-transaction
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;
DROP TRIGGER tasks_history;
CREATE TABLE tasks_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    project TEXT NOT NULL,
    no INTEGER,
    title TEXT,
    key TEXT AS (project || '-' || no) STORED UNIQUE
);
INSERT INTO tasks_new (project, no, title) SELECT project, no, title FROM tasks;
DROP TABLE tasks;
ALTER TABLE tasks_new RENAME TO tasks;
COMMIT;
PRAGMA foreign_keys = ON;
