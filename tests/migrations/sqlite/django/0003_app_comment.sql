--
-- Create model Comment
--
CREATE TABLE "app_comment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "position" integer unsigned NOT NULL CHECK ("position" >= 0), "body" text NOT NULL, "token" char(32) NULL, "entry_id" integer NOT NULL REFERENCES "app_entry" ("id") DEFERRABLE INITIALLY DEFERRED);
--
-- Create index app_comment_latest_idx on field(s) entry, -position of model Comment
--
CREATE INDEX "app_comment_latest_idx" ON "app_comment" ("entry_id", "position" DESC);
CREATE UNIQUE INDEX "app_comment_entry_id_position_68049754_uniq" ON "app_comment" ("entry_id", "position");
CREATE INDEX "app_comment_entry_id_fd25d54f" ON "app_comment" ("entry_id");
