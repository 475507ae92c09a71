--
-- Alter field slug on Book
--
ALTER TABLE "library_book" DROP CONSTRAINT "library_book_slug_key";
CREATE INDEX "library_book_slug_c4f98edd" ON "library_book" ("slug");
--
-- Alter unique_together for Book (0 constraint(s))
--
ALTER TABLE "library_book" DROP CONSTRAINT "library_book_isbn_edition_5c31101d_uniq";
--
-- Create constraint book_slug_edition_uniq on model Book
--
ALTER TABLE "library_book" ADD CONSTRAINT "book_slug_edition_uniq" UNIQUE ("slug", "edition") DEFERRABLE INITIALLY DEFERRED;
--
-- Create constraint book_isbn_uniq on model Book
--
CREATE UNIQUE INDEX "book_isbn_uniq" ON "library_book" ("isbn") INCLUDE ("title");
