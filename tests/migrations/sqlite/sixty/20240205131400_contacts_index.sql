-- contacts_mail_idx is still the index of contacts_old, and so this does nothing …
CREATE UNIQUE INDEX IF NOT EXISTS contacts_mail_idx ON contacts (mail);
-- … and this takes it away
DROP TABLE contacts_old;
