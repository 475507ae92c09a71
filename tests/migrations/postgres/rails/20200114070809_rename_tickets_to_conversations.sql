ALTER TABLE "tickets" RENAME TO "conversations";
ALTER INDEX "tickets_pkey" RENAME TO "conversations_pkey";
ALTER TABLE "public"."tickets_id_seq" RENAME TO "conversations_id_seq";
ALTER INDEX "index_tickets_on_account_id" RENAME TO "index_conversations_on_account_id";
ALTER INDEX "index_tickets_on_account_id_and_number" RENAME TO "index_conversations_on_account_id_and_number";
ALTER TABLE "messages" RENAME COLUMN "ticket_id" TO "conversation_id";
ALTER INDEX "index_messages_on_ticket_id_and_sequence" RENAME TO "index_messages_on_conversation_id_and_sequence";
ALTER INDEX IF EXISTS "index_tickets_on_deleted_at" RENAME TO "index_conversations_on_deleted_at";
