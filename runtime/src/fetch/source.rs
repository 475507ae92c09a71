//! The sources that queries run on: a pool, or one connection.

use sqlx::{Database, Pool, Transaction, pool::PoolConnection};

use super::connector::{Connections, Connector};
use crate::backend::{Backend, owned::Owner};

/// A source that an iteration can read from: `&Pool<DB>` and `Pool<DB>`, `&mut DB::Connection`,
/// `&mut PoolConnection<DB>` and `PoolConnection<DB>`, `&mut Transaction<DB>` and
/// `Transaction<'static, DB>`.
///
/// From a pool, every query takes a connection by [`acquire`](sqlx::Pool::acquire) and gives it
/// back before its rows are handed out, so that no connection is held while the caller works. There
/// are two exceptions. [`read_ahead`](crate::Iteration::read_ahead) keeps it from one batch to the
/// next while there is room for more. On SQLite it is kept for some 2 ms in case the next batch is
/// asked for at once, or for a quarter of a millisecond if the pool has no connection left. Hooks
/// of the pool then run once for several batches. Between two batches, a connection goes back after
/// 50 ms if the pool has none left, and at once if the pool is closed.
///
/// From a connection or a transaction, all queries run on it. In a transaction that sees one
/// snapshot, the iteration sees that snapshot too. On SQLite, pass it by value if you can: a borrowed
/// one is read several times as slowly, see [`direct`](crate::Iteration#method.direct).
///
/// From a pool or any other owned source, the iterator borrows nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source that `sqlx-chunked` can read from",
    label = "expected a pool, a connection or a transaction",
    note = "help: pass `&pool`, `&mut connection` or `&mut transaction` of a database whose feature is enabled: `sqlite`, `postgres`, `mysql`",
    note = "help: if it is one already, it may be of another version of sqlx than the 0.9 of this crate: see `cargo tree --duplicates`"
)]
pub trait Source<'s>: sealed::Sealed {
    /// The database that the source belongs to.
    type Database: Backend;

    #[doc(hidden)]
    fn into_connector(self) -> Connector<'s, Self::Database>;
}

mod sealed {
    pub trait Sealed {}
}

/// A source, and how it becomes a connector.
macro_rules! sources {
    ($([$lifetime:lifetime $(, $more:lifetime)?] $source:ty: $this:ident => $connector:expr;)+) => {$(
        impl<$lifetime, $($more,)? DB: Database> sealed::Sealed for $source {}

        impl<$lifetime, $($more,)? DB: Backend> Source<$lifetime> for $source {
            type Database = DB;

            fn into_connector(self) -> Connector<$lifetime, DB> {
                let $this = self;
                $connector
            }
        }
    )+};
}

sources! {
    ['s] &Pool<DB>: pool => Connector::of_pool(pool.clone());
    ['s] Pool<DB>: pool => Connector::of_pool(pool);
    ['s] PoolConnection<DB>: connection => Connector::of_owner(Owner::Connection(connection));
    ['s] &'s mut PoolConnection<DB>: connection => Connector::new(Connections::Borrowed(&mut **connection));
    ['s] Transaction<'static, DB>: transaction => Connector::of_owner(Owner::Transaction(transaction));
    ['s, 't] &'s mut Transaction<'t, DB>: transaction => Connector::new(Connections::Borrowed(&mut **transaction));
}

/// The connections of drivers, which cannot be implemented for all databases at once.
macro_rules! connections {
    ($($(#[$feature:meta])* $database:ty: $connection:ty;)+) => {$(
        $(#[$feature])*
        impl sealed::Sealed for &mut $connection {}

        $(#[$feature])*
        impl<'s> Source<'s> for &'s mut $connection {
            type Database = $database;

            fn into_connector(self) -> Connector<'s, $database> {
                Connector::new(Connections::Borrowed(self))
            }
        }
    )+};
}

connections! {
    #[cfg(feature = "sqlite")]
    sqlx::Sqlite: sqlx::SqliteConnection;
    #[cfg(feature = "postgres")]
    sqlx::Postgres: sqlx::PgConnection;
    #[cfg(feature = "mysql")]
    sqlx::MySql: sqlx::MySqlConnection;
}
