create table feeds (
    id integer primary key autoincrement,
    url text not null,
    title text,
    etag text,
    constraint feeds_url_unique unique (url) on conflict ignore
);

create table episodes (
    id integer primary key autoincrement,
    feed_id integer not null references feeds on delete cascade,
    guid text not null,
    title text not null,
    enclosure_url text,
    published_at integer, -- unix seconds; not every feed has it
    unique (feed_id, guid)
);

create index episodes_published_idx on episodes (feed_id, published_at desc);
create unique index if not exists episodes_enclosure_idx on episodes (enclosure_url)
    where enclosure_url is not null;
