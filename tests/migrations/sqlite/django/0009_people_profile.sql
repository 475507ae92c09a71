--
-- Create model Profile
--
CREATE TABLE "people_profile" ("author_id" integer NOT NULL PRIMARY KEY REFERENCES "people_author" ("id") DEFERRABLE INITIALLY DEFERRED, "website" varchar(200) NULL, "mastodon" varchar(120) NULL UNIQUE);
--
-- Create constraint profile_website_uniq on model Profile
--
CREATE UNIQUE INDEX "profile_website_uniq" ON "people_profile" ("website") WHERE "website" > '';
