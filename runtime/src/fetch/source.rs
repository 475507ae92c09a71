//! Where queries run: a pool, or one connection.

use sqlx::{Database, Pool, Transaction, pool::PoolConnection};

use crate::{
    backend::{Backend, sealed},
    fetch::connector::Link,
};

/// What an iteration can read from: `&Pool<DB>` and `Pool<DB>`, `&mut DB::Connection`,
/// `&mut PoolConnection<DB>` and `PoolConnection<DB>`, `&mut Transaction<DB>` and
/// `Transaction<'static, DB>`.
///
/// From a pool, every query takes a connection by
/// [`acquire`](sqlx::Pool::acquire) and gives it back before its rows are handed out, so that
/// nothing is held while the caller works. Two things keep it for longer:
/// [`read_ahead`](crate::Iteration::read_ahead), from one batch to the next while there is room for
/// more; and on SQLite, some 2 ms in case that the next batch is asked for at once, a quarter of one
/// where the pool has no connection left. Hooks of the pool then run once for several batches.
/// Between two batches, a connection goes back after 50 ms if the pool has none left, and at once
/// if it is closed.
///
/// From a connection or a transaction, all queries run on it; in a transaction that sees one
/// snapshot, so does the iteration.
///
/// From a pool or any other owned source, the iterator borrows nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source that `sqlx-chunked` can read from",
    label = "expected a pool, a connection or a transaction",
    note = "help: pass `&pool`, `&mut connection` or `&mut transaction` of a database whose feature is enabled: `sqlite`, `postgres`, `mysql`"
)]
pub trait Source<'s>: sealed::Sealed {
    /// The database behind it.
    type Database: Backend;

    #[doc(hidden)]
    fn into_link(self) -> Link<'s, Self::Database>;
}

/// A source and the way it becomes a link.
macro_rules! sources {
    ($([$lifetime:lifetime $(, $more:lifetime)?] $source:ty: $this:ident => $link:expr;)+) => {$(
        impl<$lifetime, $($more,)? DB: Database> sealed::Sealed for $source {}

        impl<$lifetime, $($more,)? DB: Backend> Source<$lifetime> for $source {
            type Database = DB;

            fn into_link(self) -> Link<$lifetime, DB> {
                let $this = self;
                $link
            }
        }
    )+};
}

sources! {
    ['s] &Pool<DB>: pool => Link::pool(pool.clone());
    ['s] Pool<DB>: pool => Link::pool(pool);
    ['s] PoolConnection<DB>: connection => Link::Connection(connection);
    ['s] &'s mut PoolConnection<DB>: connection => Link::Borrowed(&mut **connection);
    ['s] Transaction<'static, DB>: transaction => Link::Transaction(transaction);
    ['s, 't] &'s mut Transaction<'t, DB>: transaction => Link::Borrowed(&mut **transaction);
}
