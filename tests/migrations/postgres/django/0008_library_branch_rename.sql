--
-- Rename model Location to Branch
--
ALTER TABLE "library_location" RENAME TO "library_branch";
SET CONSTRAINTS "library_copy_location_id_06ca336c_fk_library_location_id" IMMEDIATE; ALTER TABLE "library_copy" DROP CONSTRAINT "library_copy_location_id_06ca336c_fk_library_location_id";
ALTER TABLE "library_copy" ADD CONSTRAINT "library_copy_location_id_06ca336c_fk_library_branch_id" FOREIGN KEY ("location_id") REFERENCES "library_branch" ("id") DEFERRABLE INITIALLY DEFERRED;
--
-- Rename field location on Copy to branch
--
SET CONSTRAINTS "library_copy_location_id_06ca336c_fk_library_branch_id" IMMEDIATE; ALTER TABLE "library_copy" DROP CONSTRAINT "library_copy_location_id_06ca336c_fk_library_branch_id";
ALTER TABLE "library_copy" RENAME COLUMN "location_id" TO "branch_id";
ALTER TABLE "library_copy" ADD CONSTRAINT "library_copy_branch_id_dfbb8ccf_fk_library_branch_id" FOREIGN KEY ("branch_id") REFERENCES "library_branch" ("id") DEFERRABLE INITIALLY DEFERRED;
--
-- Alter field name on Branch
--
ALTER TABLE "library_branch" DROP CONSTRAINT "library_location_name_key";
DROP INDEX IF EXISTS "library_branch_name_29548fcb_like";
--
-- Alter unique_together for Copy (1 constraint(s))
--
ALTER TABLE "library_copy" DROP CONSTRAINT "library_copy_book_id_number_f75bc382_uniq";
ALTER TABLE "library_copy" ADD CONSTRAINT "library_copy_branch_id_book_id_number_0219ab71_uniq" UNIQUE ("branch_id", "book_id", "number");
