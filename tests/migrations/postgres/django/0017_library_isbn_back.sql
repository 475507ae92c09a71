--
-- Remove constraint book_isbn_uniq from model Book
--
DROP INDEX IF EXISTS "book_isbn_uniq";
--
-- Raw SQL operation
--
DO $$ BEGIN
    UPDATE library_book SET isbn = 'unknown-' || id WHERE isbn IS NULL;
END $$;
--
-- Alter field isbn on Book
--
DROP INDEX IF EXISTS "library_book_isbn_0cd15ca6";
DROP INDEX IF EXISTS "library_book_isbn_0cd15ca6_like";
ALTER TABLE "library_book" ALTER COLUMN "isbn" TYPE varchar(24), ALTER COLUMN "isbn" SET NOT NULL;
ALTER TABLE "library_book" ADD CONSTRAINT "library_book_isbn_0cd15ca6_uniq" UNIQUE ("isbn");
CREATE INDEX "library_book_isbn_0cd15ca6_like" ON "library_book" ("isbn" varchar_pattern_ops);
--
-- Alter field item on Loan
--
SET CONSTRAINTS "library_loan_item_id_0bba72cc_fk_library_copy_id" IMMEDIATE; ALTER TABLE "library_loan" DROP CONSTRAINT "library_loan_item_id_0bba72cc_fk_library_copy_id";
ALTER TABLE "library_loan" DROP CONSTRAINT "library_loan_item_id_key";
CREATE INDEX "library_loan_item_id_0bba72cc" ON "library_loan" ("item_id");
ALTER TABLE "library_loan" ADD CONSTRAINT "library_loan_item_id_0bba72cc_fk_library_copy_id" FOREIGN KEY ("item_id") REFERENCES "library_copy" ("id") DEFERRABLE INITIALLY DEFERRED;
--
-- Alter field due on Loan
--
ALTER TABLE "library_loan" ALTER COLUMN "due" SET DEFAULT (STATEMENT_TIMESTAMP());
UPDATE "library_loan" SET "due" = (STATEMENT_TIMESTAMP()) WHERE "due" IS NULL; SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE "library_loan" ALTER COLUMN "due" SET NOT NULL;
--
-- Alter unique_together for Hold (1 constraint(s))
--
ALTER TABLE "library_reservation" DROP CONSTRAINT "library_hold_book_id_member_id_27d85d64_uniq";
ALTER TABLE "library_reservation" ADD CONSTRAINT "library_reservation_member_id_book_id_placed_3cab4775_uniq" UNIQUE ("member_id", "book_id", "placed");
