-- "subscriptions" are paid now, what they were is "follows"
ALTER TABLE subscriptions RENAME TO follows;
DROP INDEX subscriptions_position_uq;
ALTER TABLE follows DROP COLUMN position;

CREATE TABLE subscriptions (
    id TEXT NOT NULL PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id),
    plan TEXT NOT NULL CHECK (plan IN ('free', 'plus', 'unique')),
    provider_ref TEXT UNIQUE,
    cancelled_at TEXT
) STRICT;

-- one that runs at a time
CREATE UNIQUE INDEX subscriptions_one_per_user ON subscriptions (user_id) WHERE cancelled_at IS NULL;

CREATE VIEW active_subscriptions (user_id, plan) AS
    SELECT user_id, plan FROM subscriptions WHERE cancelled_at IS NULL;
