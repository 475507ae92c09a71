-- drops `etag`, adds `host`; the indexes and triggers go with the old table
CREATE TABLE "new_feeds" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT,
    "url" TEXT NOT NULL,
    "host" TEXT GENERATED ALWAYS AS (substr("url", instr("url", '://') + 3)) STORED,
    [title] TEXT,
    `language` TEXT NULL
);
INSERT INTO "new_feeds" ("id", "url", "title") SELECT "id", "url", "title" FROM "feeds";
DROP TABLE "feeds";
ALTER TABLE "new_feeds" RENAME TO "feeds";

CREATE UNIQUE INDEX "feeds_url_title_key" ON "feeds"("url", "title");
CREATE INDEX "feeds_host_idx" ON "feeds"("host");

CREATE TRIGGER feeds_bu BEFORE UPDATE ON feeds
BEGIN
    SELECT RAISE(ABORT, 'url must not change; use DROP TABLE feeds; and start again')
    WHERE new.url <> old.url;
END;
