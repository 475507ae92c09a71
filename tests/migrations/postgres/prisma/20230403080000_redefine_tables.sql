-- RedefineTables
-- (made with --create-only and then edited: the columns of "Category" in another order)
CREATE TABLE "new_Category" (
    "tenantId" TEXT,
    "id" INTEGER NOT NULL DEFAULT nextval('"Category_id_seq"'),
    "name" TEXT NOT NULL,
    "parentId" INTEGER,

    CONSTRAINT "new_Category_pkey" PRIMARY KEY ("id")
);
INSERT INTO "new_Category" ("id", "name") SELECT "id", "name" FROM "Category";
ALTER SEQUENCE "Category_id_seq" OWNED BY "new_Category"."id";
DROP TABLE "Category" CASCADE;
ALTER TABLE "new_Category" RENAME TO "Category";
ALTER TABLE "Category" RENAME CONSTRAINT "new_Category_pkey" TO "Category_pkey";
CREATE UNIQUE INDEX "Category_tenantId_name_key" ON "Category"("tenantId", "name");

-- AddForeignKey
ALTER TABLE "_CategoryToPost" ADD CONSTRAINT "_CategoryToPost_A_fkey" FOREIGN KEY ("A") REFERENCES "Category"("id") ON DELETE CASCADE ON UPDATE CASCADE;
