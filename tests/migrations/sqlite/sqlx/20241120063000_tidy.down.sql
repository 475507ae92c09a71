ALTER TABLE episodes RENAME TO episodes_v2;
CREATE TABLE episodes (
    id integer primary key autoincrement, feed_id integer not null references feeds on delete cascade,
    guid text not null, title text not null, media_url text, published_at integer,
    slug text, duration integer not null default 0, minutes integer generated always as (duration / 60) virtual,
    unique (feed_id, guid)
);
INSERT INTO episodes (id, feed_id, guid, title, media_url, published_at, slug)
    SELECT id, feed_id, slug, title, media_url, published_at, slug FROM episodes_v2;
DROP TABLE episodes_v2;
CREATE INDEX episodes_published_idx ON episodes (feed_id, published_at DESC);
CREATE UNIQUE INDEX episodes_slug_idx ON episodes (feed_id, slug);
CREATE UNIQUE INDEX episodes_media_idx ON episodes (media_url) WHERE media_url <> '';
CREATE VIRTUAL TABLE episodes_fts USING fts5 (title, content = 'episodes', content_rowid = 'id', tokenize = 'porter unicode61');
CREATE TRIGGER episodes_ai AFTER INSERT ON episodes BEGIN SELECT 1; END;
CREATE TRIGGER episodes_ad AFTER DELETE ON episodes BEGIN SELECT 1; END;
CREATE TRIGGER episodes_au AFTER UPDATE ON episodes BEGIN SELECT 1; END;
DROP INDEX users_email_nocase_key;
DROP INDEX users_email_idx;
ALTER TABLE users RENAME COLUMN nickname TO handle;
CREATE UNIQUE INDEX users_email_idx ON users (email);
CREATE VIEW active_subscriptions (user_id, plan) AS SELECT user_id, plan FROM subscriptions WHERE cancelled_at IS NULL;
