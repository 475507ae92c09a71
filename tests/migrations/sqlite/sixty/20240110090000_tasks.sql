CREATE TABLE tasks (
    project TEXT,
    number INTEGER,
    title TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'dropped; never done')),
    PRIMARY KEY (project ASC, number DESC)
) WITHOUT ROWID;
