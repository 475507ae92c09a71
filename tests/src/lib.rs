//! Shared by the tests of every database, without naming any: values worth testing, real data, a
//! log of the statements that sqlx sends, and a connection that fails on demand.
//!
//! The cases are in `tests/cases/` and are compiled once for each database, by the binaries
//! `tests/sqlite`, `tests/postgres` and `tests/mysql`. There `crate::Db` is the database.

pub mod flights;
pub mod proxy;
pub mod statements;
pub mod values;

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
