--
-- Create constraint author_email_lower_uniq on model Author
--
CREATE UNIQUE INDEX "author_email_lower_uniq" ON "people_author" ((LOWER("email")));
--
-- Remove constraint profile_website_uniq from model Profile
--
DROP INDEX "profile_website_uniq";
--
-- Alter field website on Profile
--
CREATE TABLE "new__people_profile" ("author_id" bigint NOT NULL PRIMARY KEY REFERENCES "people_author" ("id") DEFERRABLE INITIALLY DEFERRED, "mastodon" varchar(120) NULL UNIQUE, "website" varchar(200) NOT NULL UNIQUE);
INSERT INTO "new__people_profile" ("author_id", "mastodon", "website") SELECT "author_id", "mastodon", coalesce("website", '') FROM "people_profile";
DROP TABLE "people_profile";
ALTER TABLE "new__people_profile" RENAME TO "people_profile";
