//! The table of checkpoints on PostgreSQL.

use sqlx::{Postgres, error::BoxDynError};
use sqlx_chunked_proof::Dialect;

use super::driver::has_code;
use crate::backend::{
    checkpoint::{CheckpointSql, KeepsCheckpoints},
    statement::Statement,
};

impl KeepsCheckpoints for Postgres {
    const CHECKPOINTS: CheckpointSql = CheckpointSql {
        definition: "(name TEXT COLLATE \"C\" NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL, \
                     token TEXT, saved_at TIMESTAMPTZ, finished_at TIMESTAMPTZ)",
        or_take_over: " ON CONFLICT (name) DO UPDATE SET epoch = excluded.epoch",
        now: "clock_timestamp()",
        saved_millis: "CAST(extract(epoch FROM saved_at) * 1000 AS BIGINT)",
        create_commits: false,
    };

    fn ask_for_table(
        statement: &mut Statement<Self>,
        schema: Option<&str>,
        table: &str,
    ) -> Result<(), BoxDynError> {
        statement.sql.push_str("SELECT to_regclass(");
        statement.add(Dialect::Postgres.quoted_path(schema, table))?;
        statement.sql.push_str(") IS NOT NULL");
        Ok(())
    }

    fn is_without_table(error: &sqlx::Error) -> bool {
        has_code(error, "42P01")
    }
}
