-- CreateTable
CREATE TABLE "Membership" (
    "tenantId" TEXT NOT NULL,
    "userId" INTEGER NOT NULL,
    "role" "Role" NOT NULL,
    "invitedBy" INTEGER,
    "seat" SMALLINT,

    CONSTRAINT "Membership_pkey" PRIMARY KEY ("tenantId","userId")
);

-- CreateIndex
CREATE UNIQUE INDEX "Membership_tenantId_seat_key" ON "Membership"("tenantId", "seat");

-- Moved by hand: every user is a member of the tenant it had
INSERT INTO "Membership" ("tenantId", "userId", "role")
SELECT "tenantId", "id", COALESCE("role", 'USER') FROM "User" WHERE "tenantId" IS NOT NULL;

-- AlterTable
ALTER TABLE "User" DROP COLUMN "tenantId",
DROP COLUMN "role";

-- AddForeignKey
ALTER TABLE "Membership" ADD CONSTRAINT "Membership_tenantId_fkey" FOREIGN KEY ("tenantId") REFERENCES "Tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
