--
-- Delete model LegacyComment
--
DROP TABLE "app_legacycomment";
--
-- Remove field subtitle from Entry
--
ALTER TABLE "app_entry" DROP COLUMN "subtitle";
--
-- Remove constraint entry_published_slug_uniq from model Entry
--
DROP INDEX "entry_published_slug_uniq";
--
-- Create constraint entry_slug_lang_uniq on model Entry
--
CREATE TABLE "new__app_entry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(200) NOT NULL, "slug" varchar(80) NOT NULL, "body" text NOT NULL, "author_id" integer NOT NULL REFERENCES "people_author" ("id") DEFERRABLE INITIALLY DEFERRED, "lang" varchar(8) NOT NULL, "published_at" datetime NULL, CONSTRAINT "entry_lang_known" CHECK ("lang" IN ('en', 'de', 'fr')), CONSTRAINT "entry_slug_lang_uniq" UNIQUE ("slug", "lang"));
INSERT INTO "new__app_entry" ("id", "title", "slug", "body", "author_id", "lang", "published_at") SELECT "id", "title", "slug", "body", "author_id", "lang", "published_at" FROM "app_entry";
DROP TABLE "app_entry";
ALTER TABLE "new__app_entry" RENAME TO "app_entry";
CREATE INDEX "app_entry_slug_d0204aef" ON "app_entry" ("slug");
CREATE INDEX "app_entry_author_id_bc78c2f5" ON "app_entry" ("author_id");
CREATE INDEX "app_entry_author_pub_idx" ON "app_entry" ("author_id", "published_at");
