DROP VIEW IF EXISTS active_subscriptions;
DROP VIEW IF EXISTS stale_feeds;
DROP TABLE IF EXISTS playlists;

ALTER TABLE users RENAME COLUMN handle TO nickname;
DROP INDEX users_email_idx;
CREATE UNIQUE INDEX users_email_idx ON users (email COLLATE BINARY, id);
CREATE UNIQUE INDEX users_email_nocase_key ON users (email);

-- episodes.guid is no more: its UNIQUE (feed_id, guid) is part of the table
DROP TRIGGER episodes_ai; DROP TRIGGER episodes_ad; DROP TRIGGER episodes_au; DROP TABLE episodes_fts;
CREATE TABLE episodes_v2 (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    feed_id INTEGER NOT NULL REFERENCES feeds (id),
    title TEXT NOT NULL,
    slug TEXT NOT NULL,
    media_url TEXT,
    published_at INTEGER,
    CONSTRAINT episodes_slug_key UNIQUE (feed_id, slug COLLATE NOCASE)
);
INSERT INTO episodes_v2 SELECT id, feed_id, title, slug, media_url, published_at FROM episodes;
DROP TABLE episodes;
ALTER TABLE episodes_v2 RENAME TO episodes;
ANALYZE;
REINDEX;
