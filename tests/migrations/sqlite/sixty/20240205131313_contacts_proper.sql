ALTER TABLE contacts RENAME TO contacts_old;
CREATE TABLE contacts (
    id INTEGER NOT NULL CONSTRAINT contacts_pk PRIMARY KEY,
    mail TEXT CONSTRAINT contacts_mail_nn NOT NULL ON CONFLICT ABORT,
    name TEXT NOT NULL,
    slug TEXT,
    company_id INTEGER CONSTRAINT contacts_company_fk REFERENCES companies (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT contacts_company_slug_key UNIQUE (company_id, slug) ON CONFLICT REPLACE
);
INSERT INTO contacts (id, mail, name, slug, company_id) SELECT id, mail, name, slug, company_id FROM contacts_old;
