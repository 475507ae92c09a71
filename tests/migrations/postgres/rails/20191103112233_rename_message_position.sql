ALTER TABLE "messages" RENAME COLUMN "position" TO "sequence";
ALTER INDEX "index_messages_on_ticket_id_and_position" RENAME TO "index_messages_on_ticket_id_and_sequence";
ALTER TABLE "users" RENAME COLUMN "login" TO "username";
ALTER INDEX "index_users_on_login" RENAME TO "index_users_on_username";
