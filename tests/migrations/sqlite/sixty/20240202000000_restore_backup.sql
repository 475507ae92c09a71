-- the import went wrong: back to the copy. It has no PRIMARY KEY and no NOT NULL.
DROP VIEW contact_remarks;
DROP TABLE contacts;
ALTER TABLE contacts_backup RENAME TO contacts;
