--
-- Alter field number on Card
--
SET CONSTRAINTS "members_member_card_id_11c16a8f_fk_members_card_number" IMMEDIATE; ALTER TABLE "members_member" DROP CONSTRAINT "members_member_card_id_11c16a8f_fk_members_card_number";
ALTER TABLE "members_card" ALTER COLUMN "number" TYPE varchar(40);
ALTER TABLE "members_member" ALTER COLUMN "card_id" TYPE varchar(40) USING "card_id"::varchar(40);
ALTER TABLE "members_member" ADD CONSTRAINT "members_member_card_id_11c16a8f_fk" FOREIGN KEY ("card_id") REFERENCES "members_card" ("number") DEFERRABLE INITIALLY DEFERRED;
--
-- Alter field card on Member
--
SET CONSTRAINTS "members_member_card_id_11c16a8f_fk" IMMEDIATE; ALTER TABLE "members_member" DROP CONSTRAINT "members_member_card_id_11c16a8f_fk";
ALTER TABLE "members_member" DROP CONSTRAINT "members_member_card_id_key";
CREATE INDEX "members_member_card_id_11c16a8f" ON "members_member" ("card_id");
ALTER TABLE "members_member" ADD CONSTRAINT "members_member_card_id_11c16a8f_fk_members_card_number" FOREIGN KEY ("card_id") REFERENCES "members_card" ("number") DEFERRABLE INITIALLY DEFERRED;
--
-- Alter field username on Member
--
ALTER TABLE "members_member" ADD CONSTRAINT "members_member_username_1e2f0b53_uniq" UNIQUE ("username");
CREATE INDEX "members_member_username_1e2f0b53_like" ON "members_member" ("username" varchar_pattern_ops);
--
-- Alter field joined on Member
--
ALTER TABLE "members_member" ALTER COLUMN "joined" DROP NOT NULL;
