create table settings (key text primary key, value, scope text default (lower('GLOBAL')) not null);
insert into settings values ('theme', 'dark', 'global'), ('migration', 'create unique index x on contacts (name);', 'global');
