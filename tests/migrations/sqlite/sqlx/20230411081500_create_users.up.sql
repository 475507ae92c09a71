-- Add up migration script here
CREATE TABLE IF NOT EXISTS users
(
    id         INTEGER PRIMARY KEY NOT NULL,
    email      TEXT                         UNIQUE,
    name       TEXT                NOT NULL DEFAULT '',
    created_at TEXT                NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE IF NOT EXISTS sessions
(
    token      BLOB PRIMARY KEY,          -- 32 random bytes; may SQLite leave it NULL?
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at INTEGER
);
