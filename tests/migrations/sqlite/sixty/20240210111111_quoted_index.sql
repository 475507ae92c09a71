CREATE UNIQUE INDEX "lines; group" ON "order lines" (`group`, [order]);
ALTER TABLE "order lines" RENAME COLUMN "a ""quoted"" name; really" TO remark;
