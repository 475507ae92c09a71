--
-- Rename unnamed index for ('author', 'published_at') on Entry to app_entry_author_pub_idx
--
DROP INDEX "app_entry_author_id_published_at_ddfb8341_idx";
CREATE INDEX "app_entry_author_pub_idx" ON "app_entry" ("author_id", "published_at");
--
-- Alter unique_together for Entry (0 constraint(s))
--
DROP INDEX "app_entry_lang_slug_db2a9b87_uniq";
--
-- Create constraint entry_published_slug_uniq on model Entry
--
CREATE UNIQUE INDEX "entry_published_slug_uniq" ON "app_entry" ("lang", "slug") WHERE "published_at" IS NOT NULL;
--
-- Create constraint entry_lang_known on model Entry
--
CREATE TABLE "new__app_entry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(200) NOT NULL, "slug" varchar(80) NOT NULL, "body" text NOT NULL, "author_id" integer NOT NULL REFERENCES "people_author" ("id") DEFERRABLE INITIALLY DEFERRED, "lang" varchar(8) NOT NULL, "subtitle" varchar(200) NULL, "published_at" datetime NULL, CONSTRAINT "entry_lang_known" CHECK ("lang" IN ('en', 'de', 'fr')));
INSERT INTO "new__app_entry" ("id", "title", "slug", "body", "author_id", "lang", "subtitle", "published_at") SELECT "id", "title", "slug", "body", "author_id", "lang", "subtitle", "published_at" FROM "app_entry";
DROP TABLE "app_entry";
ALTER TABLE "new__app_entry" RENAME TO "app_entry";
CREATE UNIQUE INDEX "entry_published_slug_uniq" ON "app_entry" ("lang", "slug") WHERE "published_at" IS NOT NULL;
CREATE INDEX "app_entry_slug_d0204aef" ON "app_entry" ("slug");
CREATE INDEX "app_entry_author_id_bc78c2f5" ON "app_entry" ("author_id");
CREATE INDEX "app_entry_author_pub_idx" ON "app_entry" ("author_id", "published_at");
