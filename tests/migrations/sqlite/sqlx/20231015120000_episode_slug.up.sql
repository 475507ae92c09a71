alter table episodes add column slug text;
alter table episodes add column duration integer not null default 0 check (duration >= 0);
alter table episodes add column minutes integer generated always as (duration / 60) virtual;

update episodes set slug = lower(hex(randomblob(8))) where slug is null;

-- per feed, not over all of them
drop index if exists episodes_slug_idx;
create unique index episodes_slug_idx on episodes (feed_id, slug);
drop index episodes_enclosure_idx;
alter table episodes rename column enclosure_url to media_url;
create unique index episodes_media_idx on episodes (media_url) where media_url <> '';
