--
-- Create model Book
--
CREATE TABLE "library_book" ("id" serial NOT NULL PRIMARY KEY, "title" varchar(200) NOT NULL, "slug" varchar(120) NOT NULL UNIQUE, "isbn" varchar(13) NOT NULL UNIQUE, "shelf" varchar(12) NULL);
--
-- Create model Location
--
CREATE TABLE "library_location" ("id" serial NOT NULL PRIMARY KEY, "name" varchar(80) NOT NULL UNIQUE, "code" varchar(8) NOT NULL);
--
-- Create model Copy
--
CREATE TABLE "library_copy" ("id" serial NOT NULL PRIMARY KEY, "barcode" varchar(32) NOT NULL, "number" smallint NOT NULL CHECK ("number" >= 0), "book_id" integer NOT NULL, "location_id" integer NULL);
CREATE INDEX "library_book_slug_c4f98edd_like" ON "library_book" ("slug" varchar_pattern_ops);
CREATE INDEX "library_book_isbn_0cd15ca6_like" ON "library_book" ("isbn" varchar_pattern_ops);
CREATE INDEX "library_location_name_706ef17c_like" ON "library_location" ("name" varchar_pattern_ops);
ALTER TABLE "library_copy" ADD CONSTRAINT "library_copy_book_id_number_f75bc382_uniq" UNIQUE ("book_id", "number");
ALTER TABLE "library_copy" ADD CONSTRAINT "library_copy_book_id_27870bea_fk_library_book_id" FOREIGN KEY ("book_id") REFERENCES "library_book" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "library_copy" ADD CONSTRAINT "library_copy_location_id_06ca336c_fk_library_location_id" FOREIGN KEY ("location_id") REFERENCES "library_location" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "library_copy_book_id_27870bea" ON "library_copy" ("book_id");
CREATE INDEX "library_copy_location_id_06ca336c" ON "library_copy" ("location_id");
