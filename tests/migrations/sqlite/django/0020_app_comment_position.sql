--
-- Raw SQL operation
--
DELETE FROM app_comment WHERE position IS NULL;
--
-- Alter field position on Comment
--
CREATE TABLE "new__app_comment" ("position" integer unsigned NOT NULL CHECK ("position" >= 0), "id" char(32) NOT NULL PRIMARY KEY, "body" text NOT NULL, "entry_id" integer NOT NULL REFERENCES "app_entry" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "comment_entry_position_uniq" UNIQUE ("entry_id", "position"));
INSERT INTO "new__app_comment" ("id", "body", "entry_id", "position") SELECT "id", "body", "entry_id", coalesce("position", 0) FROM "app_comment";
DROP TABLE "app_comment";
ALTER TABLE "new__app_comment" RENAME TO "app_comment";
CREATE INDEX "app_comment_entry_id_fd25d54f" ON "app_comment" ("entry_id");
--
-- Remove constraint comment_entry_position_uniq from model Comment
--
CREATE TABLE "new__app_comment" ("id" char(32) NOT NULL PRIMARY KEY, "position" integer unsigned NOT NULL CHECK ("position" >= 0), "body" text NOT NULL, "entry_id" integer NOT NULL REFERENCES "app_entry" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "new__app_comment" ("id", "position", "body", "entry_id") SELECT "id", "position", "body", "entry_id" FROM "app_comment";
DROP TABLE "app_comment";
ALTER TABLE "new__app_comment" RENAME TO "app_comment";
CREATE INDEX "app_comment_entry_id_fd25d54f" ON "app_comment" ("entry_id");
--
-- Create constraint comment_position_desc_uniq on model Comment
--
CREATE UNIQUE INDEX "comment_position_desc_uniq" ON "app_comment" ("entry_id", "position" DESC);
