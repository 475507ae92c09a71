DROP INDEX companies_vat;
CREATE UNIQUE INDEX companies_vat ON companies (upper(vat)) WHERE vat NOT LIKE 'unknown%';
