CREATE TABLE labels (
    id INT PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE,
    weight REAL,
    extra ANY
) STRICT;
CREATE UNIQUE INDEX labels_name ON labels (name COLLATE BINARY);
