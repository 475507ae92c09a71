CREATE VIRTUAL TABLE episodes_fts USING fts5 (
    title,
    content = 'episodes',
    content_rowid = 'id',
    tokenize = 'porter unicode61'
);

CREATE TRIGGER episodes_ai AFTER INSERT ON episodes BEGIN
    INSERT INTO episodes_fts (rowid, title) VALUES (new.id, new.title);
END;

CREATE TRIGGER episodes_ad AFTER DELETE ON episodes BEGIN
    INSERT INTO episodes_fts (episodes_fts, rowid, title) VALUES ('delete', old.id, old.title);
END;

CREATE TRIGGER episodes_au AFTER UPDATE OF title ON episodes
WHEN old.title IS NOT new.title
BEGIN
    INSERT INTO episodes_fts (episodes_fts, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO episodes_fts (rowid, title) VALUES (new.id, CASE WHEN new.title = '' THEN '(untitled)' ELSE new.title END);
END;

INSERT INTO episodes_fts (episodes_fts) VALUES ('rebuild');
