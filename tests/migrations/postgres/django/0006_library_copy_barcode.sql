--
-- Raw SQL operation
--
UPDATE library_copy SET barcode = 'B' || lpad(id::text, 8, '0') WHERE barcode = '';
--
-- Alter field barcode on Copy
--
ALTER TABLE "library_copy" ADD CONSTRAINT "library_copy_barcode_37b15e57_uniq" UNIQUE ("barcode");
CREATE INDEX "library_copy_barcode_37b15e57_like" ON "library_copy" ("barcode" varchar_pattern_ops);
--
-- Alter field number on Copy
--
ALTER TABLE "library_copy" DROP CONSTRAINT "library_copy_number_check";
ALTER TABLE "library_copy" ALTER COLUMN "number" TYPE integer USING "number"::integer, ALTER COLUMN "number" DROP NOT NULL;
--
-- Raw SQL operation
--
ALTER TABLE library_copy ALTER COLUMN barcode SET STATISTICS 500, ALTER COLUMN barcode SET STORAGE PLAIN;
