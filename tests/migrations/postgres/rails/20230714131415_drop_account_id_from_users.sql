-- takes the multicolumn unique index along
ALTER TABLE "users" DROP COLUMN "account_id";
ALTER TABLE "users" ADD COLUMN IF NOT EXISTS "email" character varying NOT NULL;
ALTER TABLE "users" ADD COLUMN IF NOT EXISTS "time_zone" character varying;
ALTER TABLE "users" DROP COLUMN IF EXISTS "avatar_url", ALTER COLUMN "username" SET NOT NULL;
ALTER TABLE "tags_users" DROP CONSTRAINT "tags_users_pkey";
DROP INDEX IF EXISTS "index_users_on_email";
GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC;
