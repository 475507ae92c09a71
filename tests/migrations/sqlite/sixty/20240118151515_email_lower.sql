CREATE UNIQUE INDEX contacts_email_lower ON contacts (lower(email));
