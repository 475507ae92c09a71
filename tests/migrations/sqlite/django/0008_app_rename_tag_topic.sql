--
-- Rename model Tag to Topic
--
ALTER TABLE "app_tag" RENAME TO "app_topic";
CREATE TABLE "new__app_entry_tags" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "topic_id" integer NOT NULL REFERENCES "app_topic" ("id") DEFERRABLE INITIALLY DEFERRED, "entry_id" integer NOT NULL REFERENCES "app_entry" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "new__app_entry_tags" ("id", "entry_id", "topic_id") SELECT "id", "entry_id", "tag_id" FROM "app_entry_tags";
DROP TABLE "app_entry_tags";
ALTER TABLE "new__app_entry_tags" RENAME TO "app_entry_tags";
CREATE UNIQUE INDEX "app_entry_tags_entry_id_topic_id_8c8ef397_uniq" ON "app_entry_tags" ("entry_id", "topic_id");
CREATE INDEX "app_entry_tags_topic_id_8e891969" ON "app_entry_tags" ("topic_id");
CREATE INDEX "app_entry_tags_entry_id_1838814c" ON "app_entry_tags" ("entry_id");
--
-- Rename field tags on Entry to topics
--
CREATE TABLE "app_entry_topics" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "entry_id" integer NOT NULL REFERENCES "app_entry" ("id") DEFERRABLE INITIALLY DEFERRED, "topic_id" integer NOT NULL REFERENCES "app_topic" ("id") DEFERRABLE INITIALLY DEFERRED);
INSERT INTO "app_entry_topics" (id, entry_id, topic_id) SELECT id, entry_id, topic_id FROM "app_entry_tags";
DROP TABLE "app_entry_tags";
--
-- Alter field slug on Topic
--
CREATE TABLE "new__app_topic" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(50) NOT NULL UNIQUE, "slug" varchar(50) NULL);
INSERT INTO "new__app_topic" ("id", "name", "slug") SELECT "id", "name", "slug" FROM "app_topic";
DROP TABLE "app_topic";
ALTER TABLE "new__app_topic" RENAME TO "app_topic";
CREATE UNIQUE INDEX "app_entry_topics_entry_id_topic_id_25e9e75b_uniq" ON "app_entry_topics" ("entry_id", "topic_id");
CREATE INDEX "app_entry_topics_entry_id_74984135" ON "app_entry_topics" ("entry_id");
CREATE INDEX "app_entry_topics_topic_id_2aea06ef" ON "app_entry_topics" ("topic_id");
CREATE INDEX "app_topic_slug_779dc06b" ON "app_topic" ("slug");
