-- Prisma does not know partial indexes; see https://github.com/prisma/prisma/issues/6974
DROP INDEX IF EXISTS "Post_userId_slug_key";
DROP INDEX IF EXISTS "Post_authorId_slug_key";
CREATE UNIQUE INDEX "Post_userId_slug_key" ON "Post"("userId", "slug") WHERE "published";
CREATE UNIQUE INDEX "Post_slug_title_key" ON "Post" USING btree ("slug", "title" COLLATE "C" text_pattern_ops DESC);
CREATE UNIQUE INDEX "Profile_bio_hash_key" ON "Profile"(md5("bio"));
-- AlterTable
ALTER TABLE "Profile" ALTER COLUMN "bio" SET NOT NULL, ALTER COLUMN "bio" SET COMPRESSION pglz;
ALTER TABLE "users" ADD COLUMN "deletedAt" TIMESTAMPTZ(6), ADD CONSTRAINT "users_alive" CHECK ("deletedAt" IS NULL OR "name" <> '');
ALTER TABLE "Profile" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "Profile_all" ON "Profile" FOR ALL TO PUBLIC USING (true) WITH CHECK ("userId" > 0);
