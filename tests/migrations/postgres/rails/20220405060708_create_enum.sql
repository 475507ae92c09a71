DO $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM pg_type t
        JOIN pg_namespace n ON t.typnamespace = n.oid
        WHERE t.typname = 'channel' AND n.nspname = ANY (current_schemas(false))
    ) THEN
        CREATE TYPE "channel" AS ENUM ('email', 'chat', 'phone');
    END IF;
END
$$;
ALTER TABLE "conversations" ADD "channel" "channel" DEFAULT 'email' NOT NULL;
ALTER TABLE "conversations" ADD "fingerprint" character varying GENERATED ALWAYS AS (md5(subject)) STORED;
CREATE UNIQUE INDEX "index_conversations_on_fingerprint" ON "conversations" ("account_id", "fingerprint") WHERE (channel = 'email'::channel);
CREATE UNIQUE INDEX "index_tags_on_lower_name" ON "tags" (LOWER(name));
DROP INDEX "index_tags_on_name";
