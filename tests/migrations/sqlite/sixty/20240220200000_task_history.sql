CREATE TABLE task_history AS
SELECT project, no, title, state, 0 AS version FROM tasks
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL WHERE false;
CREATE UNIQUE INDEX task_history_version ON task_history (project, no, version DESC);
