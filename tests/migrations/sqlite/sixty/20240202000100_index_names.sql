DROP INDEX IF EXISTS contacts_mail_idx;
DROP INDEX IF EXISTS contacts_backup_mail;
CREATE UNIQUE INDEX contacts_mail_idx ON contacts (mail);
