--
-- Remove constraint book_slug_edition_uniq from model Book
--
ALTER TABLE "library_book" DROP CONSTRAINT "book_slug_edition_uniq";
--
-- Remove field shelf from Book
--
ALTER TABLE "library_book" DROP COLUMN "shelf" CASCADE;
--
-- Remove field edition from Book
--
ALTER TABLE "library_book" DROP COLUMN "edition" CASCADE;
--
-- Remove field readers from Book
--
DROP TABLE "library_book_readers" CASCADE;
