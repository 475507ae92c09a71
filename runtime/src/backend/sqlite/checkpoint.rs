//! The table of checkpoints on SQLite.

use sqlx::{Sqlite, error::BoxDynError};

use crate::backend::{
    checkpoint::{CheckpointSql, KeepsCheckpoints},
    dialect::Speaks as _,
    statement::Statement,
};

impl KeepsCheckpoints for Sqlite {
    const CHECKPOINTS: CheckpointSql = CheckpointSql {
        definition: "(name TEXT NOT NULL PRIMARY KEY, epoch INTEGER NOT NULL, token TEXT, \
                     saved_at TEXT, finished_at TEXT)",
        or_take_over: " ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch",
        now: "strftime('%Y-%m-%d %H:%M:%f', 'now')",
        saved_millis: "CAST(round((julianday(saved_at) - 2440587.5) * 86400000) AS INTEGER)",
        create_commits: false,
    };

    fn ask_for_table(
        statement: &mut Statement<Self>,
        schema: Option<&str>,
        table: &str,
    ) -> Result<(), BoxDynError> {
        statement.sql.push_str("SELECT EXISTS (SELECT 1 FROM ");
        if let Some(schema) = schema {
            Self::DIALECT.push_name(&mut statement.sql, schema);
            statement.sql.push('.');
        }
        // Names of tables are compared without case.
        statement.sql.push_str("sqlite_master WHERE type = 'table' AND lower(name) = lower(");
        statement.add(table.to_owned())?;
        statement.sql.push_str("))");
        Ok(())
    }

    fn is_without_table(error: &sqlx::Error) -> bool {
        // There is no code for it.
        let error = error.as_database_error();
        error.is_some_and(|error| error.message().starts_with("no such table"))
    }
}
