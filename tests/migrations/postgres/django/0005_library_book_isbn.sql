--
-- Alter field isbn on Book
--
ALTER TABLE "library_book" DROP CONSTRAINT "library_book_isbn_key";
ALTER TABLE "library_book" ALTER COLUMN "isbn" TYPE varchar(17), ALTER COLUMN "isbn" DROP NOT NULL;
CREATE INDEX "library_book_isbn_0cd15ca6" ON "library_book" ("isbn");
--
-- Add field edition to Book
--
ALTER TABLE "library_book" ADD COLUMN "edition" smallint DEFAULT 1 NOT NULL;
ALTER TABLE "library_book" ALTER COLUMN "edition" DROP DEFAULT;
--
-- Alter unique_together for Book (1 constraint(s))
--
ALTER TABLE "library_book" ADD CONSTRAINT "library_book_isbn_edition_5c31101d_uniq" UNIQUE ("isbn", "edition");
