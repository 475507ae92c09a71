-- no-transaction
DROP INDEX CONCURRENTLY IF EXISTS "taggings_idx"
