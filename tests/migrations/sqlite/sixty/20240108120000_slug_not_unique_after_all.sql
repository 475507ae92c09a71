DROP INDEX contacts_slug;
CREATE INDEX contacts_slug ON contacts (slug);
