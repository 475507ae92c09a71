-- contacts_slug is there, so the first does nothing
CREATE UNIQUE INDEX IF NOT EXISTS contacts_slug ON contacts (slug);
CREATE UNIQUE INDEX contacts_company_slug ON contacts (company_id, slug);
