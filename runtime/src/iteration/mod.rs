//! What users hold: builder and stream at once.

pub(crate) mod batch;
pub(crate) mod chunked;
pub(crate) mod locks;
pub(crate) mod open;
mod options;
pub(crate) mod page;
pub(crate) mod parts;
pub(crate) mod relations;
mod stream;
pub(crate) mod writes;
pub(crate) mod yields;

use std::{fmt, marker::PhantomData};

use self::yields::Yields;
use crate::{
    backend::Backend,
    batches::{plan::Plan, run::Run},
    error::Error,
    fetch::source::Source,
    model::{Described, row::DecodeRow},
    position::key::Key,
};

/// An iteration over the rows of a model: a builder until it is first polled, and a [`Stream`] of
/// rows ([`Iter`](crate::Iter)) or of batches ([`BatchIter`](crate::BatchIter)).
///
/// [`Stream`]: futures_core::Stream
///
/// Every row that stays in the table with an unchanged key while the iteration runs is handed out
/// exactly once. Rows inserted before the current position are not seen, and rows whose key changes
/// may be missed or repeated. `K` is the key type of the current order.
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
/// Values are bound as parameters, so that each connection prepares these two statements only once.
/// Each statement asks for an extra row, which only shows whether more rows follow: n rows in batches
/// of b take max(1, ⌈n/b⌉) statements. In an order of several columns on SQLite, one more is sent
/// whenever a batch crosses from one tie to the next, see [`order_by`](Self::order_by).
///
/// A seek ends before NULLs that the database sorts last. For each column of the order that would have
/// them there, but is not an `Option`, the first statement also asks
/// `EXISTS (SELECT 1 … WHERE column IS NULL)`, from the cursor on if it began at one; with
/// [`up_to_now`](Self::up_to_now), for every column that is not an `Option`. If no row came to answer,
/// the question is sent once more on its own. It costs nothing if the column is declared NOT NULL
/// (PostgreSQL before version 17 looks that up in its catalog), or if a filter leaves NULLs out. In other
/// columns, among them those of views, queries and joins, the database looks for a NULL once in each
/// iteration: in an index that begins with the column, or else in all rows.
///
/// If a key may be text, statements have a little more in them:
///
/// - on MariaDB they begin with `SET STATEMENT max_sort_length = 131072 FOR`, so that whole values are
///   sorted;
/// - on MySQL and MariaDB each key column is also selected as its collation and bytes, and bound as
///   `CONVERT(? USING utf8mb4) COLLATE utf8mb4_bin`, so that no other character set changes a position;
/// - on PostgreSQL the order names the operator that is compared by, `ORDER BY "slug" USING <`, and the
///   first statement asks whether the server's encoding is the client's;
/// - on SQLite the first statement asks whether the table is a view of several queries, in which a
///   column has two affinities.
///
/// The extra row of a batch should be the first of the next one. If it is not, either another
/// connection wrote there, or the database sorts by one rule and compares by another. One more
/// statement asks which:
///
/// ```sql
/// SELECT EXISTS (SELECT 1 FROM "entries"
///  WHERE ("entries"."id" = 1001) AND (("entries"."id" > 1000)) IS NOT TRUE)
/// ```
///
/// # Errors
///
/// The stream yields an [`Error`] if a statement fails, if a value does not decode, and if the rows
/// contradict the unique mark: two with the same key, or a key that is NULL. The next poll asks for the
/// same batch again, and nothing is lost or repeated. From the second error in a row, the next poll
/// waits first, 50 ms, then twice as long each time up to 5 s, so that a program that skips errors does
/// not flood a database. Rows before one that does not decode come first, as a shorter batch. From a
/// pool, the next poll uses a fresh connection; on a borrowed connection that is broken, the error
/// repeats: leave the loop with `try_next().await?`, and never skip errors. `None` always means that
/// all rows were handed out. After a panic, for instance in a `filter_sql` closure, every further item
/// is an error.
///
/// # Cancel safety
///
/// Dropping a pending `try_next()`, in a `select!` or by a timeout, loses nothing: the query stays with
/// the iterator, and the next poll continues it. From a pool, it is continued in the background if
/// nobody polls for some 20 ms although it could continue, so that neither a place in the pool's queue
/// nor a connection with half an answer in it is kept from others. On tokio that is a task of the
/// runtime, elsewhere a thread.
///
/// Dropping the iterator while a query is pending is safe on a pool: on PostgreSQL and MySQL the
/// connection is then closed, since it has half an answer in it. On a connection or a transaction that
/// was passed by value, the query is read to its end first. A borrowed connection is left in the middle
/// of that query, and what sqlx makes of it depends on the driver: read the iteration to its next item
/// first, or close the connection.
#[must_use = "an iteration does nothing until it is polled"]
pub struct Iteration<'s, M, DB: Backend, K, Y: Yields<M>> {
    run: Run<'s, Y::Item, DB>,
    yields: Y,
    /// The first method that was called after the first poll.
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
        M: DecodeRow<DB>,
    {
        let plan = Plan::new(Key::of(M::MODEL));
        let run = Run::new(plan, source.into_connector(), M::decode_row);
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
            return Err(Error::Option { model, method, reason: reason.into() });
        }
        let plan = self.run.plan();
        if let Some(lock) = plan.lock.filter(|_| plan.read_ahead > 0) {
            let reason = "`read_ahead` is set, but rows are locked when their batch is asked for";
            return Err(Error::Option { model, method: lock.method(), reason: reason.into() });
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
