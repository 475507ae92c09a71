--
-- Create model Reaction
--
CREATE TABLE "app_reaction" ("kind" varchar(12) NULL, "comment_id" char(32) NOT NULL REFERENCES "app_comment" ("id") DEFERRABLE INITIALLY DEFERRED, "author_id" bigint NOT NULL REFERENCES "people_author" ("id") DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY ("comment_id", "author_id"));
--
-- Create constraint comment_entry_position_uniq on model Comment
--
CREATE TABLE "new__app_comment" ("id" char(32) NOT NULL PRIMARY KEY, "position" integer unsigned NULL CHECK ("position" >= 0), "body" text NOT NULL, "entry_id" integer NOT NULL REFERENCES "app_entry" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "comment_entry_position_uniq" UNIQUE ("entry_id", "position"));
INSERT INTO "new__app_comment" ("id", "position", "body", "entry_id") SELECT "id", "position", "body", "entry_id" FROM "app_comment";
DROP TABLE "app_comment";
ALTER TABLE "new__app_comment" RENAME TO "app_comment";
CREATE INDEX "app_reaction_comment_id_7c2729a5" ON "app_reaction" ("comment_id");
CREATE INDEX "app_reaction_author_id_cfd8c4ff" ON "app_reaction" ("author_id");
CREATE INDEX "app_comment_entry_id_fd25d54f" ON "app_comment" ("entry_id");
