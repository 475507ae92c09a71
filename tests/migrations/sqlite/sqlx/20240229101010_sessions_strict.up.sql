-- the old way round: rename first, then make it anew
ALTER TABLE sessions RENAME TO sessions_old;

CREATE TABLE IF NOT EXISTS sessions (
    token BLOB PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    device TEXT NOT NULL DEFAULT 'unknown',
    expires_at INTEGER NOT NULL,
    UNIQUE (user_id, device)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO sessions (token, user_id, device, expires_at)
SELECT token, user_id, hex(token), coalesce(expires_at, 0) FROM sessions_old WHERE token IS NOT NULL;

DROP TABLE sessions_old;

-- already there since 20230619201122, so this does nothing:
CREATE INDEX IF NOT EXISTS users_email_idx ON users (name, email);
CREATE TABLE IF NOT EXISTS feeds (id INTEGER PRIMARY KEY, url TEXT, title TEXT NOT NULL UNIQUE);
