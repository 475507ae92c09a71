/* before the import of the old address book; dropped in 20240202 */
CREATE TABLE contacts_backup AS SELECT * FROM contacts;
