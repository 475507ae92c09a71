--
-- Create model Loan
--
CREATE TABLE "library_loan" ("id" serial NOT NULL PRIMARY KEY, "since" timestamp with time zone NOT NULL, "until" timestamp with time zone NULL, "copy_id" integer NOT NULL, "member_id" integer NOT NULL);
--
-- Create constraint loan_copy_open_uniq on model Loan
--
CREATE UNIQUE INDEX "loan_copy_open_uniq" ON "library_loan" ("copy_id") WHERE "until" IS NULL;
--
-- Add field readers to Book
--
CREATE TABLE "library_book_readers" ("id" serial NOT NULL PRIMARY KEY, "book_id" integer NOT NULL, "member_id" integer NOT NULL);
--
-- Alter field code on Location
--
ALTER TABLE "library_location" ADD CONSTRAINT "library_location_code_a88b0b78_uniq" UNIQUE ("code");
CREATE INDEX "library_location_code_a88b0b78_like" ON "library_location" ("code" varchar_pattern_ops);
ALTER TABLE "library_loan" ADD CONSTRAINT "library_loan_copy_id_007db596_fk_library_copy_id" FOREIGN KEY ("copy_id") REFERENCES "library_copy" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "library_loan" ADD CONSTRAINT "library_loan_member_id_23dad6a9_fk_members_member_id" FOREIGN KEY ("member_id") REFERENCES "members_member" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "library_loan_copy_id_007db596" ON "library_loan" ("copy_id");
CREATE INDEX "library_loan_member_id_23dad6a9" ON "library_loan" ("member_id");
ALTER TABLE "library_book_readers" ADD CONSTRAINT "library_book_readers_book_id_member_id_ecfebd33_uniq" UNIQUE ("book_id", "member_id");
ALTER TABLE "library_book_readers" ADD CONSTRAINT "library_book_readers_book_id_557b7f55_fk_library_book_id" FOREIGN KEY ("book_id") REFERENCES "library_book" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "library_book_readers" ADD CONSTRAINT "library_book_readers_member_id_cf9dfc76_fk_members_member_id" FOREIGN KEY ("member_id") REFERENCES "members_member" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "library_book_readers_book_id_557b7f55" ON "library_book_readers" ("book_id");
CREATE INDEX "library_book_readers_member_id_cf9dfc76" ON "library_book_readers" ("member_id");
