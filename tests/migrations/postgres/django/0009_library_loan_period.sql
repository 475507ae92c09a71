--
-- Creates extension btree_gist
--
CREATE EXTENSION IF NOT EXISTS "btree_gist";
--
-- Add field period to Loan
--
ALTER TABLE "library_loan" ADD COLUMN "period" tstzrange NULL;
--
-- Create constraint loan_no_overlap on model Loan
--
ALTER TABLE "library_loan" ADD CONSTRAINT "loan_no_overlap" EXCLUDE USING GIST ("copy_id" WITH =, "period" WITH &&);
--
-- Remove constraint loan_copy_open_uniq from model Loan
--
DROP INDEX IF EXISTS "loan_copy_open_uniq";
