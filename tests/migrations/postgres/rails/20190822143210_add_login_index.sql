-- no-transaction
CREATE UNIQUE INDEX CONCURRENTLY "index_users_on_login" ON "users" ("login");
