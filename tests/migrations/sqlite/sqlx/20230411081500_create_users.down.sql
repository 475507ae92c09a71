-- Add down migration script here
DROP TABLE sessions;
DROP TABLE users;
