--
-- Create model Comment
--
CREATE TABLE "app_comment" ("id" char(32) NOT NULL PRIMARY KEY, "position" integer unsigned NULL CHECK ("position" >= 0), "body" text NOT NULL, "entry_id" integer NOT NULL REFERENCES "app_entry" ("id") DEFERRABLE INITIALLY DEFERRED);
--
-- Raw SQL operation
--
INSERT INTO app_comment (id, position, body, entry_id) SELECT lower(hex(randomblob(16))), position, body, entry_id FROM app_legacycomment;
CREATE INDEX "app_comment_entry_id_fd25d54f" ON "app_comment" ("entry_id");
