//! What users hold: builder and stream at once.

pub(crate) mod batch;
pub(crate) mod chunked;
mod options;
pub(crate) mod page;
pub(crate) mod relations;
mod stream;
pub(crate) mod yields;

use std::{fmt, marker::PhantomData};

use self::yields::Yields;
use crate::{
    backend::Backend,
    batches::{plan::Plan, run::Run},
    error::Error,
    fetch::source::Source,
    model::Described,
    position::key::Key,
};

/// A walk over the rows of a model: a builder until it is first polled, and a [`Stream`] of rows
/// ([`Iter`]) or of batches ([`BatchIter`]).
///
/// [`Stream`]: futures_core::Stream
///
/// Every row that stays in the table with an unchanged key while the iteration runs is handed out
/// exactly once. Rows inserted behind the position are not seen, and rows whose key moves may be
/// missed or repeated. `K` is the key type of the current order.
///
/// # Statements
///
/// ```sql
/// SELECT "entries"."id", "entries"."headline" FROM "entries"
///  ORDER BY "entries"."id" ASC LIMIT 1001;                     -- the first batch
/// SELECT "entries"."id", "entries"."headline" FROM "entries"
///  WHERE ("entries"."id" > 1000) ORDER BY "entries"."id" ASC LIMIT 1001;   -- every further one
/// ```
///
/// All values are bound, so that each of the two is prepared once. A statement asks for one row
/// more than it hands out, which tells whether more follow: n rows in batches of b take
/// max(1, ⌈n/b⌉) statements; in an order of several columns on SQLite one more whenever a batch
/// crosses from one tie to the next, see [`order_by`](Self::order_by). Where the database sorts NULLs last, the first statement also asks
/// `EXISTS (SELECT 1 … WHERE key IS NULL)`, since a seek would end before them; if it began at a
/// cursor and found no row, that question is sent once more on its own.
///
/// For keys that may be text, statements have a little more in them: on MariaDB
/// `SET STATEMENT max_sort_length = 131072 FOR` goes in front, so that it sorts by whole values; on
/// MySQL and MariaDB each key column is selected once more as its collation and bytes, and bound as
/// `CONVERT(? USING utf8mb4) COLLATE utf8mb4_bin`, so that no character set in between changes a
/// position; on PostgreSQL the order names the operator that is compared by, `ORDER BY "slug" USING <`,
/// and the first statement asks whether the server's encoding is the client's; on SQLite the first
/// statement asks whether the table is a view of several queries, in which a column has two
/// affinities.
///
/// The extra row of a batch should be the first of the next one. If it is not, because another
/// connection wrote there or because the database sorts by another rule than it compares by, one
/// statement more asks which of the two it is:
///
/// ```sql
/// SELECT EXISTS (SELECT 1 FROM "entries"
///  WHERE ("entries"."id" = 1001) AND (("entries"."id" > 1000)) IS NOT TRUE)
/// ```
///
/// # Errors
///
/// The stream yields an [`Error`] when a statement fails, when a value does not decode, and when
/// the rows contradict the unique mark: two with the same key, or a key that is NULL. Polling
/// again asks for the same batch again, and nothing is lost or repeated. From the second error in a
/// row, the next poll waits first, 50 ms, then twice as long each time up to 5 s, so that a program
/// that skips errors does not flood a database. Rows in front of one that does not decode come
/// first, as a shorter batch. From a pool that is a
/// fresh connection; on a borrowed connection that is broken, the error repeats: leave the loop
/// with `try_next().await?`, and never skip errors. `None` always means that all was handed out.
/// After a panic, in a `filter_sql` closure say, every further item is an error.
///
/// # Cancel safety
///
/// Dropping a pending `try_next()`, in a `select!` or by a timeout, loses nothing: the query stays
/// with the iterator, and the next poll goes on. From a pool, it goes on by itself if nobody polls
/// for some 20 ms while it could: a place in the queue of the pool, or a connection with half an
/// answer in it, is not kept from others. On tokio that is a task of the runtime, elsewhere a thread.
///
/// Dropping the iterator while a query is pending is safe on a pool: on PostgreSQL and MySQL the
/// connection is then closed, since it has half an answer in it. From a connection or a transaction
/// that was passed by value, the query is read to its end first. A borrowed connection is left in the
/// middle of that query, and what sqlx makes of it depends on the driver: read the iteration to
/// its next item first, or close the connection.
#[must_use = "an iteration does nothing until it is polled"]
pub struct Iteration<'s, M, DB: Backend, K, Y: Yields<M>> {
    run: Run<'s, Y::Item, DB>,
    yields: Y,
    /// A method that was called after the first poll.
    late: Option<&'static str>,
    /// A method that the model does not allow, and the reason.
    refused: Option<(&'static str, &'static str)>,
    key: PhantomData<fn() -> K>,
}

impl<'s, M, DB, K, Y> Iteration<'s, M, DB, K, Y>
where
    M: Described,
    DB: Backend,
    Y: Yields<M, Item = M>,
{
    fn new<S>(source: S) -> Self
    where
        S: Source<'s, Database = DB>,
    {
        let run = Run::new(Plan::new(Key::of(M::MODEL)), source.into_connector());
        Self { run, yields: Y::nothing(), late: None, refused: None, key: PhantomData }
    }
}

impl<M, DB, K, Y> Iteration<'_, M, DB, K, Y>
where
    M: Described,
    DB: Backend,
    Y: Yields<M>,
{
    /// An option that came too late is not applied to half of the rows, but reported.
    fn is_late(&mut self, method: &'static str) -> bool {
        if self.run.started() {
            self.late.get_or_insert(method);
        }
        self.late.is_some()
    }

    fn check(&self) -> Result<(), Error> {
        let model = M::MODEL.name;
        if let Some((method, reason)) = self.refused {
            return Err(Error::Option { model, method, reason });
        }
        self.late.map_or(Ok(()), |method| Err(Error::Started { model, method }))
    }
}

/// Nothing in it is pinned: the query under way is in a box of its own.
impl<M, DB: Backend, K, Y: Yields<M>> Unpin for Iteration<'_, M, DB, K, Y> {}

impl<M, DB, K, Y> fmt::Debug for Iteration<'_, M, DB, K, Y>
where
    M: Described,
    DB: Backend,
    Y: Yields<M>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iteration")
            .field("model", &M::MODEL.name)
            .field("batch_size", &self.run.plan().batch_size)
            .field("limit", &self.run.plan().limit)
            .finish_non_exhaustive()
    }
}
