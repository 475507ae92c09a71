create unique index settings_scope_key on settings (scope, key, 1);
create unique index settings_value on settings (value) where key = 'host' and scope = 'global';
