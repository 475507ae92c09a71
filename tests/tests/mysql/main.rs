//! The cases on MySQL or MariaDB, and those that only these need.
//!
//! `MYSQL_URL` names the server, with a user who may create databases.

/// A test on a database of its own.
macro_rules! test {
    ($name:ident, $case:expr) => {
        #[test]
        #[cfg_attr(not(mysql_url), ignore = "set MYSQL_URL")]
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

mod caching;
mod charsets;
mod collations;
mod dialect;
mod errors;
mod everything;
mod isolated;
mod keys;
mod migrations;
mod plans;
mod refused;
mod server;
#[path = "../cases/servers/mod.rs"]
mod servers;
mod settings;
mod sorting;
mod verify;

/// The database under test.
type Db = sqlx::MySql;
