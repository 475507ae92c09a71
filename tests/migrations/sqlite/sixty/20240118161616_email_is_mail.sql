ALTER TABLE contacts RENAME COLUMN email TO mail;
