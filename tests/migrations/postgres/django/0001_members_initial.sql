--
-- Create model Member
--
CREATE TABLE "members_member" ("id" serial NOT NULL PRIMARY KEY, "username" varchar(150) NOT NULL UNIQUE, "email" varchar(254) NOT NULL, "joined" date NULL);
--
-- Create model Card
--
CREATE TABLE "members_card" ("number" varchar(16) NOT NULL PRIMARY KEY, "issued" timestamp with time zone NOT NULL);
CREATE INDEX "members_member_username_1e2f0b53_like" ON "members_member" ("username" varchar_pattern_ops);
CREATE INDEX "members_card_number_dd3a32b4_like" ON "members_card" ("number" varchar_pattern_ops);
