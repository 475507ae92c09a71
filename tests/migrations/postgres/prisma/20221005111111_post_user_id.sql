-- RenameColumn, by hand (prisma would drop and create it)
ALTER TABLE "Post" RENAME COLUMN "authorId" TO "userId";

-- RenameForeignKey
ALTER TABLE "Post" RENAME CONSTRAINT "Post_authorId_fkey" TO "Post_userId_fkey";

-- RenameIndex
ALTER INDEX "Post_authorId_slug_key" RENAME TO "Post_userId_slug_key";

-- AlterTable
UPDATE "Post" SET "updatedAt" = "createdAt" WHERE "updatedAt" IS NULL;
ALTER TABLE "Post" ALTER COLUMN "updatedAt" SET NOT NULL,
ALTER COLUMN "title" SET NOT NULL,
ALTER COLUMN "userId" DROP NOT NULL;
