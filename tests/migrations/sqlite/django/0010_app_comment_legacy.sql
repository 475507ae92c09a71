--
-- Rename model Comment to LegacyComment
--
ALTER TABLE "app_comment" RENAME TO "app_legacycomment";
--
-- Remove field token from LegacyComment
--
CREATE TABLE "new__app_legacycomment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "position" integer unsigned NOT NULL CHECK ("position" >= 0), "body" text NOT NULL, "entry_id" integer NOT NULL REFERENCES "app_entry" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "new__app_legacycomment" ("id", "position", "body", "entry_id") SELECT "id", "position", "body", "entry_id" FROM "app_legacycomment";
DROP TABLE "app_legacycomment";
ALTER TABLE "new__app_legacycomment" RENAME TO "app_legacycomment";
CREATE UNIQUE INDEX "app_legacycomment_entry_id_position_50686869_uniq" ON "app_legacycomment" ("entry_id", "position");
CREATE INDEX "app_legacycomment_entry_id_3eb8c200" ON "app_legacycomment" ("entry_id");
CREATE INDEX "app_comment_latest_idx" ON "app_legacycomment" ("entry_id", "position" DESC);
