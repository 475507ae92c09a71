//! The cases on SQLite, and those that only SQLite needs.

/// A test on a database of its own.
macro_rules! test {
    ($name:ident, $case:expr) => {
        #[test]
        fn $name() {
            crate::harness::run($case);
        }
    };
}

#[macro_use]
#[path = "../harness/mod.rs"]
mod harness;

#[macro_use]
#[path = "../cases/mod.rs"]
mod cases;

mod altered;
mod any;
mod busy;
mod dialect;
mod encoding;
mod errors;
mod everything;
mod isolated;
mod keys;
mod killed;
mod migrations;
mod nulls;
mod owned;
mod plans;
mod portions;
mod random;
mod routes;
mod schemas;
mod statements;
mod verify;
mod views;

/// The database under test.
type Db = sqlx::Sqlite;
