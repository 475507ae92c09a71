ALTER TABLE remarks ADD COLUMN updated_at TEXT;
CREATE TRIGGER remarks_touch AFTER UPDATE OF body ON remarks FOR EACH ROW
BEGIN
    UPDATE remarks SET updated_at = CASE WHEN new.body = old.body THEN old.updated_at ELSE datetime('now') END
    WHERE id = new.id;
END;
