-- no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "index_users_on_email" ON "users" ("email") WHERE "email" <> '';
