--
-- Alter field slug on Entry
--
CREATE TABLE "new__app_entry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "slug" varchar(80) NOT NULL, "title" varchar(200) NOT NULL, "body" text NOT NULL, "author_id" integer NOT NULL REFERENCES "people_author" ("id") DEFERRABLE INITIALLY DEFERRED, "lang" varchar(8) NOT NULL, "subtitle" varchar(200) NULL, "published_at" datetime NULL);
INSERT INTO "new__app_entry" ("id", "title", "body", "author_id", "lang", "subtitle", "published_at", "slug") SELECT "id", "title", "body", "author_id", "lang", "subtitle", "published_at", "slug" FROM "app_entry";
DROP TABLE "app_entry";
ALTER TABLE "new__app_entry" RENAME TO "app_entry";
CREATE INDEX "app_entry_slug_d0204aef" ON "app_entry" ("slug");
CREATE INDEX "app_entry_author_id_bc78c2f5" ON "app_entry" ("author_id");
--
-- Alter unique_together for Entry (1 constraint(s))
--
CREATE UNIQUE INDEX "app_entry_lang_slug_db2a9b87_uniq" ON "app_entry" ("lang", "slug");
--
-- Alter index_together for Entry (1 constraint(s))
--
CREATE INDEX "app_entry_author_id_published_at_ddfb8341_idx" ON "app_entry" ("author_id", "published_at");
