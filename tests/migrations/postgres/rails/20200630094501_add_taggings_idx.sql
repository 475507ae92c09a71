-- no-transaction
-- `algorithm: :concurrently`, with an operator class and an order
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "taggings_idx" ON "taggings" USING btree ("taggable_id" DESC NULLS LAST, "taggable_type" varchar_pattern_ops, "tag_id") INCLUDE ("context");
