//! The differences between databases, as one sealed trait. Each part of the trait has a file, and
//! each database has a folder.

pub(crate) mod begun;
pub(crate) mod bytes;
pub(crate) mod catalog;
pub(crate) mod checkpoint;
pub(crate) mod column;
pub(crate) mod companion;
pub(crate) mod contention;
pub(crate) mod dialect;
pub(crate) mod direct;
pub(crate) mod driver;
pub(crate) mod exact;
pub(crate) mod lock;
#[cfg(feature = "mysql")]
pub(crate) mod mysql;
pub(crate) mod owned;
pub(crate) mod pool;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
pub(crate) mod row;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
pub(crate) mod statement;
pub(crate) mod stored;
pub(crate) mod value;

use std::fmt;

use sqlx::{Database, database::HasStatementCache};

use self::{
    catalog::ReadsCatalog, checkpoint::KeepsCheckpoints, dialect::Speaks, direct::DirectRoute,
    exact::ExactValues,
};

/// A database that this crate can read: sqlx's `Sqlite`, `Postgres` or `MySql`, each enabled by the
/// feature of its name.
#[diagnostic::on_unimplemented(
    message = "`sqlx-chunked` cannot read from `{Self}`",
    label = "not a database whose feature is enabled",
    note = "help: enable the driver's feature, one of `sqlite`, `postgres`, `mysql`: `sqlx-chunked = {{ version = \"…\", features = [\"sqlite\"] }}`",
    note = "help: `sqlx::Any` hides which database it is, and is not supported: read from a `SqlitePool`, a `PgPool` or a `MySqlPool`"
)]
pub trait Backend:
    Database<Arguments: Clone + fmt::Debug>
    + HasStatementCache
    + Speaks
    + ExactValues
    + DirectRoute
    + KeepsCheckpoints
    + ReadsCatalog
{
}

#[cfg(feature = "sqlite")]
impl Backend for sqlx::Sqlite {}

#[cfg(feature = "postgres")]
impl Backend for sqlx::Postgres {}

#[cfg(feature = "mysql")]
impl Backend for sqlx::MySql {}
