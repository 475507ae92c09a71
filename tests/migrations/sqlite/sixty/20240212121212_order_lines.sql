ALTER TABLE "order lines" RENAME TO order_lines;
ALTER TABLE order_lines RENAME "group" TO lot;
