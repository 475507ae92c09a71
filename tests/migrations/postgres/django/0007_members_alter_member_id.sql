--
-- Alter field id on Member
--
SET CONSTRAINTS "library_loan_member_id_23dad6a9_fk_members_member_id" IMMEDIATE; ALTER TABLE "library_loan" DROP CONSTRAINT "library_loan_member_id_23dad6a9_fk_members_member_id";
SET CONSTRAINTS "library_book_readers_member_id_cf9dfc76_fk_members_member_id" IMMEDIATE; ALTER TABLE "library_book_readers" DROP CONSTRAINT "library_book_readers_member_id_cf9dfc76_fk_members_member_id";
ALTER TABLE "members_member" ALTER COLUMN "id" TYPE bigint USING "id"::bigint;
DROP SEQUENCE IF EXISTS "members_member_id_seq" CASCADE;
CREATE SEQUENCE "members_member_id_seq";
ALTER TABLE "members_member" ALTER COLUMN "id" SET DEFAULT nextval('"members_member_id_seq"');
SELECT setval('"members_member_id_seq"', MAX("id")) FROM "members_member";
ALTER SEQUENCE "members_member_id_seq" OWNED BY "members_member"."id";
ALTER TABLE "library_loan" ALTER COLUMN "member_id" TYPE bigint USING "member_id"::bigint;
ALTER TABLE "library_book_readers" ALTER COLUMN "member_id" TYPE bigint USING "member_id"::bigint;
ALTER TABLE "library_loan" ADD CONSTRAINT "library_loan_member_id_23dad6a9_fk" FOREIGN KEY ("member_id") REFERENCES "members_member" ("id") DEFERRABLE INITIALLY DEFERRED;
--
-- Alter field username on Member
--
ALTER TABLE "members_member" DROP CONSTRAINT "members_member_username_key";
DROP INDEX IF EXISTS "members_member_username_1e2f0b53_like";
