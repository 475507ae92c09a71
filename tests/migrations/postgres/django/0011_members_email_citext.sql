--
-- Creates extension citext
--
CREATE EXTENSION IF NOT EXISTS "citext";
--
-- Raw SQL operation
--
ALTER TABLE "members_member" ALTER COLUMN "email" TYPE citext USING "email"::citext;
--
-- Add field nickname to Member
--
ALTER TABLE "members_member" ADD COLUMN "nickname" varchar(30) NULL UNIQUE;
--
-- Create constraint member_username_ci_uniq on model Member
--
CREATE UNIQUE INDEX "member_username_ci_uniq" ON "members_member" ((LOWER("username")));
CREATE INDEX "members_member_nickname_7626724d_like" ON "members_member" ("nickname" varchar_pattern_ops);
