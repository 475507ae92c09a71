--
-- Create model Author
--
CREATE TABLE "people_author" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(120) NOT NULL, "email" varchar(254) NOT NULL UNIQUE, "joined" datetime NOT NULL);
