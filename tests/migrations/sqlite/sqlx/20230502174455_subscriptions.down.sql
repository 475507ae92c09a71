DROP TABLE episode_tags;
DROP TABLE tags;
DROP TABLE subscriptions;
