CREATE TABLE "order lines" (
    [order] INTEGER NOT NULL,
    `group` TEXT,
    "a ""quoted"" name; really" TEXT,
    'position' INTEGER,
    PRIMARY KEY ([order], 'position')
);
