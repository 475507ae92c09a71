DROP INDEX companies_name;
CREATE UNIQUE INDEX companies_name_key ON companies (name);
CREATE UNIQUE INDEX order_lines_lot ON order_lines (lot, remark COLLATE NOCASE);
DROP INDEX "lines; group";
