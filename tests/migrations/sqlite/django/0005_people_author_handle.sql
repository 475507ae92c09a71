--
-- Add field handle to Author
--
CREATE TABLE "new__people_author" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "handle" varchar(40) NULL, "name" varchar(120) NOT NULL, "email" varchar(254) NOT NULL UNIQUE, "joined" datetime NOT NULL);
INSERT INTO "new__people_author" ("id", "name", "email", "joined", "handle") SELECT "id", "name", "email", "joined", NULL FROM "people_author";
DROP TABLE "people_author";
ALTER TABLE "new__people_author" RENAME TO "people_author";
--
-- Raw SQL operation
--
UPDATE people_author SET handle = 'author-' || id WHERE handle IS NULL;
--
-- Alter field handle on Author
--
CREATE TABLE "new__people_author" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(120) NOT NULL, "email" varchar(254) NOT NULL UNIQUE, "joined" datetime NOT NULL, "handle" varchar(40) NOT NULL UNIQUE);
INSERT INTO "new__people_author" ("id", "name", "email", "joined", "handle") SELECT "id", "name", "email", "joined", coalesce("handle", NULL) FROM "people_author";
DROP TABLE "people_author";
ALTER TABLE "new__people_author" RENAME TO "people_author";
