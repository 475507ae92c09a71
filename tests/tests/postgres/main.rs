//! The cases on PostgreSQL, and those that only PostgreSQL needs.
//!
//! `POSTGRES_URL` names the server, with a database in which schemas may be created.

/// A test on a database of its own.
macro_rules! test {
    ($name:ident, $case:expr) => {
        #[test]
        #[cfg_attr(not(postgres_url), ignore = "set POSTGRES_URL")]
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
mod caching;
mod citext;
mod composites;
mod databases;
mod dialect;
mod encodings;
mod errors;
mod everything;
mod isolated;
mod keys;
mod locks;
mod migrations;
mod operators;
mod plans;
mod pooler;
mod programs;
mod restart;
mod server;
#[path = "../cases/servers/mod.rs"]
mod servers;
mod settings;
mod transactions;
mod verify;

/// The database under test.
type Db = sqlx::Postgres;
