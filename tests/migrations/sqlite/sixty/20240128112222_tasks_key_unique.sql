CREATE UNIQUE INDEX tasks_key ON tasks (key);
