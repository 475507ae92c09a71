--
-- Rename model Author to Account
--
ALTER TABLE "people_author" RENAME TO "people_account";
CREATE TABLE "new__app_entry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "title" varchar(200) NOT NULL, "slug" varchar(80) NOT NULL, "body" text NOT NULL, "author_id" bigint NULL REFERENCES "people_account" ("id") DEFERRABLE INITIALLY DEFERRED, "lang" varchar(8) NOT NULL, "published_at" datetime NULL, "search_key" varchar(200) GENERATED ALWAYS AS (LOWER("title")) STORED, "updated" datetime DEFAULT (STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')) NOT NULL, CONSTRAINT "entry_lang_known" CHECK ("lang" IN ('en', 'de', 'fr')), CONSTRAINT "entry_slug_lang_uniq" UNIQUE ("slug", "lang"));
INSERT INTO "new__app_entry" ("id", "title", "slug", "body", "lang", "published_at", "updated", "author_id") SELECT "id", "title", "slug", "body", "lang", "published_at", "updated", "author_id" FROM "app_entry";
DROP TABLE "app_entry";
ALTER TABLE "new__app_entry" RENAME TO "app_entry";
CREATE INDEX "app_entry_slug_d0204aef" ON "app_entry" ("slug");
CREATE INDEX "app_entry_author_id_bc78c2f5" ON "app_entry" ("author_id");
CREATE INDEX "app_entry_author_pub_idx" ON "app_entry" ("author_id", "published_at");
CREATE TABLE "new__app_reaction" ("kind" varchar(12) NULL, "comment_id" char(32) NOT NULL REFERENCES "app_comment" ("id") DEFERRABLE INITIALLY DEFERRED, "author_id" bigint NOT NULL REFERENCES "people_account" ("id") DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY ("comment_id", "author_id"));
INSERT INTO "new__app_reaction" ("kind", "comment_id", "author_id") SELECT "kind", "comment_id", "author_id" FROM "app_reaction";
DROP TABLE "app_reaction";
ALTER TABLE "new__app_reaction" RENAME TO "app_reaction";
CREATE INDEX "app_reaction_comment_id_7c2729a5" ON "app_reaction" ("comment_id");
CREATE INDEX "app_reaction_author_id_cfd8c4ff" ON "app_reaction" ("author_id");
CREATE TABLE "new__people_profile" ("author_id" bigint NOT NULL PRIMARY KEY REFERENCES "people_account" ("id") DEFERRABLE INITIALLY DEFERRED, "website" varchar(200) NOT NULL UNIQUE, "mastodon" varchar(120) NULL UNIQUE);
INSERT INTO "new__people_profile" ("website", "mastodon", "author_id") SELECT "website", "mastodon", "author_id" FROM "people_profile";
DROP TABLE "people_profile";
ALTER TABLE "new__people_profile" RENAME TO "people_profile";
--
-- Remove constraint author_email_lower_uniq from model Account
--
DROP INDEX "author_email_lower_uniq";
--
-- Raw SQL operation
--
UPDATE people_account SET email = handle || '@invalid.example' WHERE email IS NULL;
--
-- Alter field email on Account
--
CREATE TABLE "new__people_account" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(120) NOT NULL, "joined" datetime NOT NULL, "handle" varchar(40) NOT NULL UNIQUE, "bio" text NULL, "email" varchar(254) NOT NULL UNIQUE);
INSERT INTO "new__people_account" ("id", "name", "joined", "handle", "bio", "email") SELECT "id", "name", "joined", "handle", "bio", coalesce("email", NULL) FROM "people_account";
DROP TABLE "people_account";
ALTER TABLE "new__people_account" RENAME TO "people_account";
--
-- Alter field handle on Account
--
CREATE TABLE "new__people_account" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(120) NOT NULL, "email" varchar(254) NOT NULL UNIQUE, "joined" datetime NOT NULL, "bio" text NULL, "handle" varchar(40) NULL);
INSERT INTO "new__people_account" ("id", "name", "email", "joined", "bio", "handle") SELECT "id", "name", "email", "joined", "bio", "handle" FROM "people_account";
DROP TABLE "people_account";
ALTER TABLE "new__people_account" RENAME TO "people_account";
--
-- Rename table for Profile to people_public_profile
--
ALTER TABLE "people_profile" RENAME TO "people_public_profile";
