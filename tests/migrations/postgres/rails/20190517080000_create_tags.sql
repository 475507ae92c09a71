CREATE TABLE "tags" ("id" serial NOT NULL PRIMARY KEY, "name" character varying, "taggings_count" integer DEFAULT 0);
CREATE TABLE "taggings" ("id" serial NOT NULL PRIMARY KEY, "tag_id" integer, "taggable_type" character varying, "taggable_id" integer, "context" character varying(128));
CREATE UNIQUE INDEX  "index_tags_on_name" ON "tags"  ("name");
CREATE UNIQUE INDEX  "taggings_idx" ON "taggings"  ("tag_id", "taggable_id", "taggable_type", "context");
-- join table, no primary key
CREATE TABLE "tags_users" ("user_id" bigint NOT NULL, "tag_id" bigint NOT NULL);
