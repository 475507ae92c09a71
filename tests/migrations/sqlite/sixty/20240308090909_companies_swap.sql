DROP TABLE companies;
ALTER TABLE company RENAME TO companies;
CREATE UNIQUE INDEX main.companies_name ON companies (name);
