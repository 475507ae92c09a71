CREATE VIEW IF NOT EXISTS contact_remarks AS
    SELECT c.name, r.body, r.updated_at FROM contacts c JOIN remarks r ON r.contact_id = c.id;
