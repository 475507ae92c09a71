-- SQLite cannot ALTER COLUMN … SET NOT NULL, see https://www.sqlite.org/lang_altertable.html#otheralter
-- (a no-op within the transaction of sqlx, kept for those who paste this into the shell)
PRAGMA foreign_keys = OFF;

UPDATE users SET email = 'user' || id || '@example.invalid' WHERE email IS NULL;

CREATE TABLE users_new (
    id         INTEGER PRIMARY KEY NOT NULL,
    email      TEXT NOT NULL COLLATE NOCASE,
    name       TEXT NOT NULL DEFAULT '',
    handle     TEXT,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO users_new (id, email, name, created_at)
    SELECT id, email, name, created_at FROM users;

DROP TABLE users;
ALTER TABLE users_new RENAME TO users;

CREATE UNIQUE INDEX users_email_idx ON users (email);
CREATE UNIQUE INDEX users_handle_idx ON users (lower(handle));

PRAGMA foreign_key_check;
PRAGMA foreign_keys = ON;
