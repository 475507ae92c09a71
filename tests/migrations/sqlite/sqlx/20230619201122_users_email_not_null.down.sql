DROP INDEX users_handle_idx;
DROP INDEX users_email_idx;
ALTER TABLE users DROP COLUMN handle;
CREATE UNIQUE INDEX users_email_idx ON users (email);
