--
-- Add field sort_title to Book
--
ALTER TABLE "library_book" ADD COLUMN "sort_title" varchar(200) GENERATED ALWAYS AS (LOWER("title")) STORED UNIQUE;
--
-- Alter field code on Branch
--
ALTER TABLE "library_branch" ALTER COLUMN "code" TYPE varchar(8), ALTER COLUMN "code" SET NOT NULL;
COMMENT ON COLUMN "library_branch"."code" IS '';
ALTER TABLE "library_branch" ADD CONSTRAINT "library_branch_code_d6bb4796_uniq" UNIQUE ("code");
CREATE INDEX "library_branch_code_d6bb4796_like" ON "library_branch" ("code" varchar_pattern_ops);
--
-- Create index book_title_like on field(s) title of model Book
--
CREATE INDEX "book_title_like" ON "library_book" ("title" varchar_pattern_ops);
--
-- Delete model ArchivedLoan
--
DROP TABLE "library_archivedloan" CASCADE;
CREATE INDEX "library_book_sort_title_58aa2ac7_like" ON "library_book" ("sort_title" varchar_pattern_ops);
