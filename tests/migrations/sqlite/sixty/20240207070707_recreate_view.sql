CREATE VIEW contact_remarks (name, body) AS
    SELECT c.name, r.body FROM contacts AS c JOIN remarks AS r ON r.contact_id = c.id;
CREATE TRIGGER contact_remarks_insert INSTEAD OF INSERT ON contact_remarks
BEGIN
    INSERT INTO remarks (contact_id, body) SELECT id, new.body FROM contacts WHERE name = new.name;
    SELECT CASE WHEN changes() = 0 THEN RAISE(FAIL, 'no such contact') END;
END;
