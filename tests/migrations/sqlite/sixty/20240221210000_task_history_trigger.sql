CREATE TRIGGER IF NOT EXISTS tasks_history BEFORE UPDATE ON tasks WHEN old.state <> new.state BEGIN
    INSERT INTO task_history (project, no, title, state, version)
    VALUES (old.project, old.no, old.title, old.state,
        (SELECT coalesce(max(version), 0) + 1 FROM task_history h WHERE h.project = old.project AND h.no = old.no));
END;
