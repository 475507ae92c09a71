--
-- Add field lang to Entry
--
CREATE TABLE "new__app_entry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "lang" varchar(8) NOT NULL, "title" varchar(200) NOT NULL, "slug" varchar(80) NOT NULL UNIQUE, "body" text NOT NULL, "published" datetime NULL, "author_id" integer NOT NULL REFERENCES "people_author" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "new__app_entry" ("id", "title", "slug", "body", "published", "author_id", "lang") SELECT "id", "title", "slug", "body", "published", "author_id", 'en' FROM "app_entry";
DROP TABLE "app_entry";
ALTER TABLE "new__app_entry" RENAME TO "app_entry";
CREATE INDEX "app_entry_author_id_bc78c2f5" ON "app_entry" ("author_id");
--
-- Add field subtitle to Entry
--
CREATE TABLE "new__app_entry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(200) NOT NULL, "slug" varchar(80) NOT NULL UNIQUE, "body" text NOT NULL, "published" datetime NULL, "author_id" integer NOT NULL REFERENCES "people_author" ("id") DEFERRABLE INITIALLY DEFERRED, "lang" varchar(8) NOT NULL, "subtitle" varchar(200) NULL);
INSERT INTO "new__app_entry" ("id", "title", "slug", "body", "published", "author_id", "lang", "subtitle") SELECT "id", "title", "slug", "body", "published", "author_id", "lang", NULL FROM "app_entry";
DROP TABLE "app_entry";
ALTER TABLE "new__app_entry" RENAME TO "app_entry";
CREATE INDEX "app_entry_author_id_bc78c2f5" ON "app_entry" ("author_id");
--
-- Rename field published on Entry to published_at
--
ALTER TABLE "app_entry" RENAME COLUMN "published" TO "published_at";
