//! Shared by the tests of every database, without naming any: values worth testing, real data, a
//! log of the statements that sqlx sends, and a connection that fails on demand.
//!
//! The cases are in `tests/cases/` and are compiled once for each database, by the binaries
//! `tests/sqlite`, `tests/postgres` and `tests/mysql`. There `crate::Db` is the database.

pub mod flights;
pub mod proxy;
pub mod statements;
pub mod values;

use std::fmt::Debug;

use futures_util::{Stream, StreamExt as _};

/// Errors with their causes, as `anyhow` prints them with `{error:#}`.
pub trait Report {
    /// The texts of an error and of all its causes.
    fn report(&self) -> String;
}

impl<E: std::error::Error> Report for E {
    fn report(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    }
}

/// Returns everything that an iteration yields, up to and including the first error.
pub async fn outcome_of<T: Debug, E: Report>(
    mut rows: impl Stream<Item = Result<T, E>> + Unpin,
) -> Vec<String> {
    let mut outcome = Vec::new();
    while let Some(row) = rows.next().await {
        match row {
            Ok(row) => outcome.push(format!("{row:?}")),
            Err(error) => {
                outcome.push(error.report());
                break;
            }
        }
    }
    outcome
}
