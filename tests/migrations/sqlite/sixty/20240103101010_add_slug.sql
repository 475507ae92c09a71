ALTER TABLE contacts ADD COLUMN slug TEXT;
ALTER TABLE contacts ADD company_id INT REFERENCES companies (id);
