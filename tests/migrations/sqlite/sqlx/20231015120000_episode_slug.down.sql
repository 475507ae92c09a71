drop index episodes_media_idx;
alter table episodes rename column media_url to enclosure_url;
create unique index episodes_enclosure_idx on episodes (enclosure_url) where enclosure_url is not null;
drop index episodes_slug_idx;
alter table episodes drop column minutes;
alter table episodes drop column duration;
alter table episodes drop column slug;
