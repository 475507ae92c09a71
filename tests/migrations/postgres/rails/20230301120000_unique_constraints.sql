ALTER TABLE "conversations" ADD CONSTRAINT "unique_conversation_numbers" UNIQUE USING INDEX "index_conversations_on_account_id_and_number" DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE "messages" ADD CONSTRAINT "uniq_rails_0a1b2c3d4e" UNIQUE ("message_id");
ALTER TABLE "tags_users" ADD CONSTRAINT "tags_users_pkey" PRIMARY KEY ("user_id", "tag_id");
ALTER TABLE "users" DROP CONSTRAINT "fk_rails_61ac11da2b";
DROP INDEX "index_users_on_email";
CREATE UNIQUE INDEX "index_users_on_account_id_and_email" ON "users" ("account_id", "email") NULLS NOT DISTINCT;
