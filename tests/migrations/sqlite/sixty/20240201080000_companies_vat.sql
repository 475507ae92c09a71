CREATE UNIQUE INDEX companies_vat ON companies (vat);
UPDATE companies SET vat = 'unknown ' || id WHERE vat IS NULL;
