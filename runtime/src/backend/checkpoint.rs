//! The table of checkpoints, as each database spells it.

use sqlx::{Database, error::BoxDynError};

use super::statement::Statement;

/// What differs in the statements about checkpoints.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct CheckpointSql {
    /// The columns of the table: `name`, which is compared byte by byte, `epoch`, `token`, `saved_at` and
    /// `finished_at`.
    pub definition: &'static str,
    /// The end of an INSERT that sets the epoch if the name is there.
    pub or_take_over: &'static str,
    /// The time now.
    pub now: &'static str,
    /// The milliseconds from 1970 to `saved_at`.
    pub saved_millis: &'static str,
    /// True if CREATE TABLE commits the transaction.
    pub create_commits: bool,
}

/// A database that can have a table of checkpoints.
#[doc(hidden)]
pub trait KeepsCheckpoints: Database {
    const CHECKPOINTS: CheckpointSql;

    /// Writes the question whether a table exists.
    fn ask_for_table(
        statement: &mut Statement<Self>,
        schema: Option<&str>,
        table: &str,
    ) -> Result<(), BoxDynError>;

    /// Returns whether an error says that a table is not there.
    fn is_without_table(error: &sqlx::Error) -> bool;
}
