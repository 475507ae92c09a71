ALTER TABLE "taggings" ALTER COLUMN "taggable_id" TYPE bigint, ALTER COLUMN "tag_id" TYPE bigint;
ALTER TABLE "users" ALTER COLUMN "username" TYPE citext USING "username"::citext;
ALTER TABLE "messages" ALTER COLUMN "message_id" TYPE text, ALTER COLUMN "message_id" SET DEFAULT '';
ALTER TABLE "messages" ALTER COLUMN "body" SET STORAGE EXTERNAL;
ALTER TABLE "conversations" ADD "priority" integer DEFAULT 1 NOT NULL, DROP COLUMN "external_id", ALTER COLUMN "subject" SET NOT NULL;
