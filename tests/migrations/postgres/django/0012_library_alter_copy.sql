--
-- Raw SQL operation
--
UPDATE library_copy SET number = 1 WHERE number IS NULL;
--
-- Alter field number on Copy
--
ALTER TABLE "library_copy" ALTER COLUMN "number" TYPE bigint USING "number"::bigint, ALTER COLUMN "number" SET DEFAULT 1;
UPDATE "library_copy" SET "number" = 1 WHERE "number" IS NULL; SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE "library_copy" ALTER COLUMN "number" SET NOT NULL;
ALTER TABLE "library_copy" ALTER COLUMN "number" DROP DEFAULT;
--
-- Alter field barcode on Copy
--
ALTER TABLE "library_copy" DROP CONSTRAINT "library_copy_barcode_37b15e57_uniq";
DROP INDEX IF EXISTS "library_copy_barcode_37b15e57_like";
--
-- Create constraint copy_barcode_uniq on model Copy
--
ALTER TABLE "library_copy" ADD CONSTRAINT "copy_barcode_uniq" UNIQUE NULLS NOT DISTINCT ("barcode");
--
-- Alter field id on Book
--
SET CONSTRAINTS "library_book_readers_book_id_557b7f55_fk_library_book_id" IMMEDIATE; ALTER TABLE "library_book_readers" DROP CONSTRAINT "library_book_readers_book_id_557b7f55_fk_library_book_id";
SET CONSTRAINTS "library_copy_book_id_27870bea_fk_library_book_id" IMMEDIATE; ALTER TABLE "library_copy" DROP CONSTRAINT "library_copy_book_id_27870bea_fk_library_book_id";
ALTER TABLE "library_book" ALTER COLUMN "id" TYPE bigint USING "id"::bigint;
ALTER SEQUENCE IF EXISTS "library_book_id_seq" AS bigint;
ALTER TABLE "library_book_readers" ALTER COLUMN "book_id" TYPE bigint USING "book_id"::bigint;
ALTER TABLE "library_copy" ALTER COLUMN "book_id" TYPE bigint USING "book_id"::bigint;
ALTER TABLE "library_book_readers" ADD CONSTRAINT "library_book_readers_book_id_557b7f55_fk" FOREIGN KEY ("book_id") REFERENCES "library_book" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "library_copy" ADD CONSTRAINT "library_copy_book_id_27870bea_fk" FOREIGN KEY ("book_id") REFERENCES "library_book" ("id") DEFERRABLE INITIALLY DEFERRED;
