-- no-transaction
REINDEX INDEX CONCURRENTLY "index_users_on_username"
