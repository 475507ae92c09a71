-- tickets are those of the outside tracker from now on
CREATE TABLE IF NOT EXISTS "tickets" ("key" character varying(32) NOT NULL PRIMARY KEY, "conversation_id" bigint, "url" text, "tracker" character varying DEFAULT 'jira' NOT NULL, CONSTRAINT "fk_rails_90a4f0bb33" FOREIGN KEY ("conversation_id") REFERENCES "conversations" ("id"));
CREATE UNIQUE INDEX IF NOT EXISTS "index_tickets_on_conversation_id" ON "tickets" ("conversation_id");
CREATE UNIQUE INDEX IF NOT EXISTS "index_tickets_on_external_id" ON "tickets" ("url");
