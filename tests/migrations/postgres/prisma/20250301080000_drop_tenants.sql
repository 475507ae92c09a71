/*
  Warnings:

  - You are about to drop the `Tenant` table. If the table is not empty, all the data it contains will be lost.

*/
-- DropForeignKey
ALTER TABLE "Membership" DROP CONSTRAINT "Membership_tenantId_fkey";

-- AlterTable
ALTER TABLE "Membership" DROP CONSTRAINT "Membership_pkey",
ADD COLUMN     "id" UUID NOT NULL DEFAULT gen_random_uuid(),
ADD CONSTRAINT "Membership_pkey" PRIMARY KEY ("id");

-- DropTable
DROP TABLE "Tenant";

-- CreateIndex
CREATE UNIQUE INDEX "Membership_userId_note_key" ON "Membership"("userId", "note");

-- AlterTable
ALTER TABLE "VerificationToken" DROP COLUMN "identifier";
