UPDATE contacts SET slug = lower(replace(name, ' ', '-')) WHERE slug IS NULL;
CREATE UNIQUE INDEX contacts_slug ON contacts (slug);
