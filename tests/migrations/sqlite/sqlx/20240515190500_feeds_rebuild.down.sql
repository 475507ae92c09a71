DROP TRIGGER feeds_bu;
CREATE TABLE feeds_new (
    id integer primary key autoincrement,
    url text not null,
    title text,
    etag text,
    constraint feeds_url_unique unique (url) on conflict ignore
);
INSERT INTO feeds_new (id, url, title) SELECT id, url, title FROM feeds;
DROP TABLE feeds;
ALTER TABLE feeds_new RENAME TO feeds;
