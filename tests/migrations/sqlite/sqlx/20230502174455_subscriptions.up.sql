CREATE TABLE subscriptions (
    user_id INTEGER REFERENCES users (id),
    feed_id INTEGER REFERENCES feeds (id),
    position INTEGER,
    since TEXT NOT NULL DEFAULT (datetime('now')),
    PRIMARY KEY (user_id, feed_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX subscriptions_position_uq ON subscriptions (user_id, position);

CREATE TABLE tags (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    color TEXT CHECK (color GLOB '#[0-9a-f][0-9a-f][0-9a-f]')
) WITHOUT ROWID;

CREATE TABLE episode_tags (
    episode_id INTEGER NOT NULL REFERENCES episodes (id) ON DELETE CASCADE,
    tag TEXT NOT NULL REFERENCES tags (name) ON UPDATE CASCADE,
    UNIQUE (episode_id, tag)
);
