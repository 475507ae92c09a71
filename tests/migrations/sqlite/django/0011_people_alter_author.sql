--
-- Alter field email on Author
--
CREATE TABLE "new__people_author" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email" varchar(254) NULL, "name" varchar(120) NOT NULL, "joined" datetime NOT NULL, "handle" varchar(40) NOT NULL UNIQUE);
INSERT INTO "new__people_author" ("id", "name", "joined", "handle", "email") SELECT "id", "name", "joined", "handle", "email" FROM "people_author";
DROP TABLE "people_author";
ALTER TABLE "new__people_author" RENAME TO "people_author";
--
-- Alter field id on Author
--
CREATE TABLE "new__people_author" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(120) NOT NULL, "email" varchar(254) NULL, "joined" datetime NOT NULL, "handle" varchar(40) NOT NULL UNIQUE);
INSERT INTO "new__people_author" ("name", "email", "joined", "handle", "id") SELECT "name", "email", "joined", "handle", "id" FROM "people_author";
DROP TABLE "people_author";
ALTER TABLE "new__people_author" RENAME TO "people_author";
--
-- Add field bio to Author
--
ALTER TABLE "people_author" ADD COLUMN "bio" text NULL;
