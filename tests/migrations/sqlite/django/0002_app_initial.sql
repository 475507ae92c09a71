--
-- Create model Tag
--
CREATE TABLE "app_tag" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(50) NOT NULL UNIQUE, "slug" varchar(50) NULL);
--
-- Create model Entry
--
CREATE TABLE "app_entry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(200) NOT NULL, "slug" varchar(80) NOT NULL UNIQUE, "body" text NOT NULL, "published" datetime NULL, "author_id" integer NOT NULL REFERENCES "people_author" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX "app_tag_slug_198b62d6" ON "app_tag" ("slug");
CREATE INDEX "app_entry_author_id_bc78c2f5" ON "app_entry" ("author_id");
