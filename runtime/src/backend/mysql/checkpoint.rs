//! The table of checkpoints on MySQL and MariaDB.

use sqlx::{MySql, error::BoxDynError};

use super::driver::has_number;
use crate::backend::{
    checkpoint::{CheckpointSql, KeepsCheckpoints},
    statement::Statement,
};

impl KeepsCheckpoints for MySql {
    /// Collations that compare byte by byte take `a` and `a ` for equal, but bytes are not padded. The
    /// engine must be one that has transactions.
    const CHECKPOINTS: CheckpointSql = CheckpointSql {
        definition: "(name VARBINARY(255) NOT NULL PRIMARY KEY, epoch BIGINT NOT NULL, \
                     token LONGTEXT CHARACTER SET ascii, saved_at DATETIME(6), \
                     finished_at DATETIME(6)) ENGINE = InnoDB",
        or_take_over: " ON DUPLICATE KEY UPDATE epoch = VALUES(epoch)",
        now: "UTC_TIMESTAMP(6)",
        saved_millis: "CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', saved_at) DIV 1000 AS SIGNED)",
        create_commits: true,
    };

    fn ask_for_table(
        statement: &mut Statement<Self>,
        schema: Option<&str>,
        table: &str,
    ) -> Result<(), BoxDynError> {
        statement.sql.push_str(
            "SELECT EXISTS (SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ",
        );
        match schema {
            Some(schema) => statement.add(schema.to_owned())?,
            None => statement.sql.push_str("DATABASE()"),
        }
        statement.sql.push_str(" AND TABLE_NAME = ");
        statement.add(table.to_owned())?;
        statement.sql.push(')');
        Ok(())
    }

    fn is_without_table(error: &sqlx::Error) -> bool {
        has_number(error, &[1146])
    }
}
