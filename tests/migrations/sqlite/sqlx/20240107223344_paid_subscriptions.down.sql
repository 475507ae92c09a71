DROP VIEW active_subscriptions;
DROP TABLE subscriptions;
ALTER TABLE follows ADD COLUMN position INTEGER;
ALTER TABLE follows RENAME TO subscriptions;
CREATE UNIQUE INDEX subscriptions_position_uq ON subscriptions (user_id, position);
