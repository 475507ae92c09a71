CREATE UNIQUE INDEX contacts_backup_id ON contacts_backup (id);
CREATE UNIQUE INDEX contacts_backup_mail ON contacts_backup (mail COLLATE NOCASE);
