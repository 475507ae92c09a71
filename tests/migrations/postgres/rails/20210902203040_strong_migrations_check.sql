SET LOCAL lock_timeout TO '10s';
SET LOCAL statement_timeout TO '1h';
ALTER TABLE "messages" ADD CONSTRAINT "messages_user_id_null" CHECK ("user_id" IS NOT NULL) NOT VALID;
ALTER TABLE "messages" VALIDATE CONSTRAINT "messages_user_id_null";
ALTER TABLE "messages" ALTER COLUMN "user_id" SET NOT NULL;
ALTER TABLE "messages" DROP CONSTRAINT "messages_user_id_null";
ALTER TABLE "conversations" ADD CONSTRAINT "chk_rails_c1f1e5a1a2" CHECK (assignee_id IS NOT NULL) NOT VALID;
