--
-- Create model Guardian
--
CREATE TABLE "members_guardian" ("since" date NULL, "adult_id" bigint NOT NULL, "child_id" bigint NOT NULL, PRIMARY KEY ("child_id", "adult_id"));
--
-- Alter field email on Member
--
ALTER TABLE "members_member" DROP CONSTRAINT "members_member_email_156bbce1_uniq";
ALTER TABLE "members_member" ALTER COLUMN "email" DROP NOT NULL;
DROP INDEX IF EXISTS "members_member_email_156bbce1_like";
--
-- Remove constraint member_username_ci_uniq from model Member
--
DROP INDEX IF EXISTS "member_username_ci_uniq";
ALTER TABLE "members_guardian" ADD CONSTRAINT "members_guardian_adult_id_791d7aa8_fk_members_member_id" FOREIGN KEY ("adult_id") REFERENCES "members_member" ("id") DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "members_guardian" ADD CONSTRAINT "members_guardian_child_id_a7e466e7_fk_members_member_id" FOREIGN KEY ("child_id") REFERENCES "members_member" ("id") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX "members_guardian_adult_id_791d7aa8" ON "members_guardian" ("adult_id");
CREATE INDEX "members_guardian_child_id_a7e466e7" ON "members_guardian" ("child_id");
