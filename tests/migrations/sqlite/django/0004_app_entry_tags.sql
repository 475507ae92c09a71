--
-- Add field tags to Entry
--
CREATE TABLE "app_entry_tags" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "entry_id" integer NOT NULL REFERENCES "app_entry" ("id") DEFERRABLE INITIALLY DEFERRED, "tag_id" integer NOT NULL REFERENCES "app_tag" ("id") DEFERRABLE INITIALLY DEFERRED);
--
-- Alter field slug on Tag
--
CREATE TABLE "new__app_tag" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(50) NOT NULL UNIQUE, "slug" varchar(50) NULL UNIQUE);
INSERT INTO "new__app_tag" ("id", "name", "slug") SELECT "id", "name", "slug" FROM "app_tag";
DROP TABLE "app_tag";
ALTER TABLE "new__app_tag" RENAME TO "app_tag";
CREATE UNIQUE INDEX "app_entry_tags_entry_id_tag_id_85667763_uniq" ON "app_entry_tags" ("entry_id", "tag_id");
CREATE INDEX "app_entry_tags_entry_id_1838814c" ON "app_entry_tags" ("entry_id");
CREATE INDEX "app_entry_tags_tag_id_408666af" ON "app_entry_tags" ("tag_id");
