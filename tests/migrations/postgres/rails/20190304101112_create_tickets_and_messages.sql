CREATE TABLE "tickets" ("id" bigserial primary key, "account_id" bigint, "number" integer, "subject" character varying, "state" integer DEFAULT 0, "assignee_id" bigint, "external_id" character varying, "created_at" timestamp NOT NULL, "updated_at" timestamp NOT NULL);
CREATE  INDEX  "index_tickets_on_account_id" ON "tickets"  ("account_id");
CREATE UNIQUE INDEX  "index_tickets_on_account_id_and_number" ON "tickets"  ("account_id", "number");
CREATE UNIQUE INDEX  "index_tickets_on_external_id" ON "tickets"  ("external_id") WHERE external_id IS NOT NULL;
CREATE TABLE "messages" ("id" uuid DEFAULT gen_random_uuid() NOT NULL PRIMARY KEY, "ticket_id" bigint NOT NULL, "user_id" bigint, "body" text, "message_id" character varying, "position" integer, "created_at" timestamp NOT NULL, "updated_at" timestamp NOT NULL);
CREATE UNIQUE INDEX  "index_messages_on_ticket_id_and_position" ON "messages"  ("ticket_id", "position");
ALTER TABLE "tickets" ADD CONSTRAINT "fk_rails_e8ba63a6e6" FOREIGN KEY ("assignee_id") REFERENCES "users" ("id");
ALTER TABLE "messages" ADD CONSTRAINT "fk_rails_3a9a2d3d5d" FOREIGN KEY ("ticket_id") REFERENCES "tickets" ("id") ON DELETE CASCADE;
