--
-- Add field card to Member
--
ALTER TABLE "members_member" ADD COLUMN "card_id" varchar(16) NULL UNIQUE CONSTRAINT "members_member_card_id_11c16a8f_fk_members_card_number" REFERENCES "members_card"("number") DEFERRABLE INITIALLY DEFERRED; SET CONSTRAINTS "members_member_card_id_11c16a8f_fk_members_card_number" IMMEDIATE;
--
-- Alter field email on Member
--
ALTER TABLE "members_member" ADD CONSTRAINT "members_member_email_156bbce1_uniq" UNIQUE ("email");
CREATE INDEX "members_member_email_156bbce1_like" ON "members_member" ("email" varchar_pattern_ops);
--
-- Alter field joined on Member
--
ALTER TABLE "members_member" ALTER COLUMN "joined" SET DEFAULT '2019-01-01'::date;
UPDATE "members_member" SET "joined" = '2019-01-01'::date WHERE "joined" IS NULL;
ALTER TABLE "members_member" ALTER COLUMN "joined" SET NOT NULL;
ALTER TABLE "members_member" ALTER COLUMN "joined" DROP DEFAULT;
--
-- Raw SQL operation
--
CREATE STATISTICS members_member_stats (dependencies) ON username, email FROM members_member;
CREATE INDEX "members_member_card_id_11c16a8f_like" ON "members_member" ("card_id" varchar_pattern_ops);
