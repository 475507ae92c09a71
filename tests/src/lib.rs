//! What the tests of every database share and that names no database: values worth testing, real
//! data, a log of the statements that sqlx sends, and a connection that fails on demand.
//!
//! The cases are in `tests/cases/` and are compiled once for each database, by the binaries
//! `tests/sqlite`, `tests/postgres` and `tests/mysql`. There `crate::Db` is the database.

pub mod flights;
pub mod proxy;
pub mod statements;
pub mod values;
