DROP TABLE IF EXISTS task_history;
DROP TABLE IF EXISTS task_history;
DROP VIEW contact_remarks;
