--
-- Raw SQL operation
--
UPDATE app_topic SET slug = lower(replace(name, ' ', '-')) WHERE slug IS NULL;
--
-- Alter field slug on Topic
--
CREATE TABLE "new__app_topic" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "slug" varchar(50) NOT NULL UNIQUE, "name" varchar(50) NOT NULL UNIQUE);
INSERT INTO "new__app_topic" ("id", "name", "slug") SELECT "id", "name", coalesce("slug", NULL) FROM "app_topic";
DROP TABLE "app_topic";
ALTER TABLE "new__app_topic" RENAME TO "app_topic";
--
-- Alter field name on Topic
--
CREATE TABLE "new__app_topic" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "slug" varchar(50) NOT NULL UNIQUE, "name" varchar(50) NOT NULL);
INSERT INTO "new__app_topic" ("id", "slug", "name") SELECT "id", "slug", "name" FROM "app_topic";
DROP TABLE "app_topic";
ALTER TABLE "new__app_topic" RENAME TO "app_topic";
--
-- Add field parent to Topic
--
ALTER TABLE "app_topic" ADD COLUMN "parent_id" integer NULL REFERENCES "app_topic" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "app_topic_parent_id_fee8e69c" ON "app_topic" ("parent_id");
