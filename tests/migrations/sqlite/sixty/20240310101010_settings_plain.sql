DROP INDEX settings_value;
DROP INDEX settings_scope_key;
CREATE UNIQUE INDEX settings_value ON settings (value, scope);
