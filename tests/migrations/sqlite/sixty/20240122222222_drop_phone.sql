DROP INDEX contacts_phone;
ALTER TABLE contacts DROP COLUMN phone;
