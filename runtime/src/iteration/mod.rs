//! The value that `iter` and `batch_iter` return: builder and stream at once.

pub(crate) mod batch;
pub(crate) mod page;
pub(crate) mod relations;
mod yields;

use std::{fmt, marker::PhantomData, ops::RangeBounds};

use sqlx::QueryBuilder;

pub use self::yields::Yields;
pub(crate) use self::yields::{Batches, Rows};
use crate::{
    backend::Backend,
    batches::{
        plan::{Filter, Plan, SqlFilter},
        reader::Items,
        run::Walk,
    },
    error::Error,
    expr::{
        order::UniqueOrder,
        predicate::Predicate,
        range::{self, RangeKey},
    },
    fetch::source::Source,
    model::Chunked,
    position::{cursor::Cursor, key::Key},
    related::Unrelated,
};

/// The rows of a table, one by one: what `iter` returns.
///
/// Its options are those of [`Iteration`]. `T` is what it yields: the model, or a tuple of it and
/// its related rows.
pub type Iter<'s, M, DB, K, T = M> = Iteration<'s, M, DB, K, Rows<T>>;

/// The rows of a table in batches: what `batch_iter` returns.
///
/// Its options are those of [`Iteration`]. `T` is what the batches hold: the model, or a tuple of
/// it and its related rows.
pub type BatchIter<'s, M, DB, K, T = M> = Iteration<'s, M, DB, K, Batches<T>>;

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
    plan: Plan,
    /// Until the first poll.
    items: Option<Items<Y::Item, DB>>,
    walk: Walk<'s, Y::Item, DB>,
    yields: Y,
    /// A method that was called after the first poll.
    late: Option<&'static str>,
    key: PhantomData<fn() -> K>,
}

impl<'s, M, DB, Y> Iteration<'s, M, DB, M::Key, Y>
where
    M: Chunked,
    DB: Backend,
    Y: Yields<M, Item = M>,
{
    pub(crate) fn new<S>(source: S) -> Self
    where
        S: Source<'s, Database = DB>,
    {
        Self {
            plan: Plan::new(M::MODEL),
            items: Some(Items { filters: Vec::new(), related: Box::new(Unrelated) }),
            walk: Walk::new(source.into_link()),
            yields: Y::nothing(),
            late: None,
            key: PhantomData,
        }
    }
}

/// Options, for rows and batches alike.
impl<'s, M, DB, K, Y> Iteration<'s, M, DB, K, Y>
where
    M: Chunked,
    DB: Backend,
    Y: Yields<M>,
{
    /// How many rows a query reads, and so how many are in memory; 1,000 if not said.
    ///
    /// # Errors
    ///
    /// 0 is an error, which is the first item; no query is sent.
    pub fn batch_size(self, rows: usize) -> Self {
        self.configure("batch_size", |plan| plan.batch_size = rows)
    }

    /// How many rows to hand out in all. The last query asks only for what is left, and
    /// `limit(0)` sends none.
    pub fn limit(self, rows: u64) -> Self {
        self.configure("limit", |plan| plan.limit = Some(rows))
    }

    /// Another order: `.order_by(|e| e.created.desc())`, or by several columns
    /// `.order_by(|e| e.delay.desc().then(e.id.asc()))`.
    ///
    /// It replaces the current order, and `range` takes its key type from then on. An order that
    /// can tie does not compile: rows that tie at the end of a batch would be lost. NULLs are
    /// rows like any other, and stand where the database puts them.
    ///
    /// The columns should have an index in this order, or every query sorts the table.
    ///
    /// # Statements
    ///
    /// What comes after a position in several columns is in several places of the index: the rest of
    /// the tie, the greater values, the NULLs.
    ///
    /// - On SQLite a place is a statement, nearest first, and the next one is asked only if the nearer
    ///   ones have too few rows for the batch: one statement more whenever a batch goes from one place
    ///   to the next.
    /// - On PostgreSQL one statement has them all, of which a place waits for the nearer ones to come
    ///   up short: `WITH place_0 AS (…) … WHERE (SELECT count(*) FROM place_0) < $4 AND …`. If all of a
    ///   batch is within one tie, its rest is asked for by itself.
    /// - On MySQL it is one range, `a > ? OR (a = ? AND (b > ?))`, with the NULLs where they are sorted.
    ///
    /// Places without rows are left out: those nearer than the row that was seen after the last batch,
    /// where the type of the column tells them apart (integers, times and UUIDs, not text), so that a
    /// row that is inserted there meanwhile is not seen; and NULLs if a [`filter`](Self::filter) leaves
    /// them out. Say `is_not_null()` in the filter if that is so.
    ///
    /// # What a batch costs
    ///
    /// Entries of an index that are read for a batch of 100 rows and the one after it, from a table of
    /// 100,000 with an index of the columns of the order, on SQLite steps of its virtual machine
    /// (1,118 for the first batch by the primary key); the median of all batches between the first and
    /// the last, and the most. A test counts them.
    ///
    /// | order; data | PostgreSQL 15 | MariaDB 10.11 | SQLite 3.51 |
    /// |---|---|---|---|
    /// | `id` | 101, 101 | 101, 101 | 1,124, 1,129 |
    /// | `category, id`; one value in 60 % of the rows | 101, 101 | 101, 102 | 1,338, 1,360 |
    /// | the same descending | 101, 101 | 101, 102 | 1,338, 1,360 |
    /// | the same, with a filter that is met in one category only | 101, 4,900 | 101, 101 | 1,549, 1,569 |
    /// | `same, id`; one tie of all rows | 101, 101 | 101, 101 | 1,338, 1,350 |
    /// | `category, id`, filtered by `category` | 101, 101 | 101, 335 | 1,548, 1,563 |
    /// | `published, id`; NULL in 90 % | 101, 101 | 101, 101 (445 descending) | 1,337, 1,358 |
    /// | `published desc, id desc`, filtered by another column | 101, 101 | 102, 102 | 1,539, 1,550 |
    /// | `mixed, score desc, id` | 101, 101 (400 with all three reversed) | 102, 103 | 1,337, 1,405 |
    ///
    /// What no order can save:
    ///
    /// - Before the first match of a filter and after the last one, rows are read until it is known:
    ///   without an index on the filter, up to all of them, once. `published.is_not_null()` spares the
    ///   NULLs of the order.
    /// - PostgreSQL reads and sorts the rest of a tie for each batch while it expects few matches of
    ///   the filter in it (4,900 above), and before the first `ANALYZE` of a table that was loaded;
    ///   run `ANALYZE`.
    /// - An index of the first column alone does for SQLite and MySQL if the other is the primary key
    ///   and both have one direction. PostgreSQL needs all columns in it.
    /// - A filter by `=` on another indexed column that many rows share: MariaDB then looks up all of
    ///   these rows (31,085 entries for 1,001 rows of 60,000). Put the column in front of the order,
    ///   `filter(|e| e.author_id.eq(7)).order_by(|e| e.author_id.asc().then(e.id.asc()))`, with an
    ///   index of both; the equality is then written as `>= AND <=`, which walks along the index.
    ///   PostgreSQL needs that index, too, and SQLite `ANALYZE`.
    /// - MariaDB sorts the whole table for the first batch of more than some 600 rows in the order of a
    ///   secondary index, once.
    pub fn order_by<O>(self, order: impl FnOnce(M::Columns) -> O) -> Iteration<'s, M, DB, O::Key, Y>
    where
        O: UniqueOrder<M>,
    {
        let order = order(M::columns()).into_sorts();
        let Self { plan, items, walk, yields, late, .. } = self.configure("order_by", |plan| {
            plan.key = Key::new(M::MODEL, order);
        });
        Iteration { plan, items, walk, yields, late, key: PhantomData }
    }

    /// The current order backwards: every direction turned.
    pub fn reverse(self) -> Self {
        self.configure("reverse", |plan| plan.key = plan.key.reversed())
    }

    /// Only rows that meet a predicate: `.filter(|e| e.author_id.eq(7))`.
    ///
    /// Several calls mean AND. The predicates are the methods of [`Column`](crate::Column).
    pub fn filter(self, predicate: impl FnOnce(M::Columns) -> Predicate<M, DB>) -> Self {
        let node = predicate(M::columns()).node;
        self.restrict("filter", [Filter::Typed(node)])
    }

    /// Only rows that meet a condition in SQL, for what the typed predicates lack:
    ///
    /// ```
    /// # use sqlx_chunked::Chunked;
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "entries")]
    /// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64 }
    /// # fn longer_than(pool: sqlx::SqlitePool) {
    /// Entry::iter(&pool).filter_sql(|q| { q.push("length(headline) > ").push_bind(10); });
    /// # }
    /// ```
    ///
    /// The closure is called for every statement, several times for some of them, and should push the
    /// same each time: SQL and bound values. The condition is parenthesised. What it pushes goes into the query as it is: never push text
    /// that comes from outside, bind it.
    pub fn filter_sql(self, push: impl FnMut(&mut QueryBuilder<DB>) + Send + 'static) -> Self {
        self.restrict("filter_sql", [Filter::Sql(SqlFilter::new(push))])
    }

    /// Only rows whose key lies between bounds, like [`BTreeMap::range`]: `range(100..=200)`.
    ///
    /// The bounds are values of the key of the order current when this is called, and are kept
    /// when the order changes afterwards. They are in value order whatever the direction. For an
    /// order of several columns they are tuples, compared from left to right as if all columns
    /// ascended.
    ///
    /// On SQLite a bound is compared in the form that sqlx gives it: a timestamp that the table
    /// holds in another spelling, or as a number, compares as text or by storage class, so that
    /// rows can be missed where [`after`](Self::after) cannot miss any. There, use
    /// [`filter_sql`](Self::filter_sql) with `julianday(…)` or `unixepoch(…)` on both sides.
    ///
    /// [`BTreeMap::range`]: std::collections::BTreeMap::range
    pub fn range<R>(self, bounds: R) -> Self
    where
        K: RangeKey<DB>,
        R: RangeBounds<K::Bound>,
    {
        let key = self.plan.key.clone();
        let predicates = range::predicates::<K, DB>(&key.written, &bounds);
        self.restrict("range", predicates.map(Filter::Typed))
    }

    /// Goes on behind the row that the cursor was taken from. Of several calls of this and
    /// [`before`](Self::before), the last counts.
    ///
    /// # Errors
    ///
    /// A cursor of another order, or from another database, is an error, which is the first item;
    /// no query is sent.
    pub fn after(self, cursor: Cursor<M>) -> Self {
        self.start_at("after", cursor, false)
    }

    /// Goes backwards from the row that the cursor was taken from.
    ///
    /// Batches and pages come from there towards the first row, with their rows in the order that
    /// was asked for; single rows come the nearest first.
    ///
    /// # Errors
    ///
    /// As for [`after`](Self::after).
    pub fn before(self, cursor: Cursor<M>) -> Self {
        self.start_at("before", cursor, true)
    }

    fn start_at(mut self, method: &'static str, cursor: Cursor<M>, backwards: bool) -> Self {
        if !self.is_late(method) {
            self.plan.backwards = backwards;
            self.walk.start_at(cursor);
        }
        self
    }

    /// Whether statements get a name on the server and are prepared once for a connection; true
    /// if not said.
    ///
    /// Say `persistent(false)` behind a pooler that gives each transaction another session of the
    /// server, such as PgBouncer in transaction mode. Statements are then unnamed, and on
    /// PostgreSQL each batch is read in a short transaction of its own, over before the rows are
    /// handed out: without it, the pooler could prepare a statement in one session and execute
    /// another's in the next. A transaction that is already open is used, and left open.
    pub fn persistent(self, persistent: bool) -> Self {
        self.configure("persistent", |plan| plan.persistent = persistent)
    }

    /// How many batches to read before they are asked for; 0 if not said.
    ///
    /// A task beside the caller reads them while the caller works, so that program and server no
    /// longer take turns; 2 keeps both busy, and more seldom gains anything. It needs memory for so
    /// many batches more, and what a batch holds may have changed since it was read: off is right
    /// where each batch is to be dealt with before the next is read. It never reads further ahead,
    /// stops when the iterator is dropped, and after an error reads on only when polled again.
    /// [`cursor`](Self::cursor) says what was handed out, not what was read.
    ///
    /// On tokio it is a task of the runtime, elsewhere a thread. On a borrowed connection or
    /// transaction, which no task can take along, batches are read when they are asked for, as
    /// without; so is a [`page`](Self::page).
    pub fn read_ahead(self, batches: usize) -> Self {
        self.configure("read_ahead", |plan| plan.read_ahead = batches)
    }

    fn restrict(
        mut self,
        method: &'static str,
        filters: impl IntoIterator<Item = Filter<DB>>,
    ) -> Self {
        if !self.is_late(method)
            && let Some(items) = &mut self.items
        {
            items.filters.extend(filters);
        }
        self
    }

    fn configure(mut self, method: &'static str, set: impl FnOnce(&mut Plan)) -> Self {
        if !self.is_late(method) {
            set(&mut self.plan);
        }
        self
    }

    /// An option that came too late is not applied to half of the rows, but reported.
    fn is_late(&mut self, method: &'static str) -> bool {
        if self.walk.started() {
            self.late.get_or_insert(method);
        }
        self.late.is_some()
    }

    fn check(&self) -> Result<(), Error> {
        match self.late {
            Some(method) => Err(Error::Started { model: M::MODEL.name, method }),
            None => Ok(()),
        }
    }
}

/// What there is on SQLite alone.
#[cfg(feature = "sqlite")]
impl<M, K, Y> Iteration<'_, M, sqlx::Sqlite, K, Y>
where
    M: Chunked,
    Y: Yields<M>,
{
    /// Whether batches may be read on the connection's own handle; true if not said.
    ///
    /// sqlx hands over rows one by one from a thread of its own, which takes several times as long
    /// as reading them. From a pool, where all fields are integers, floats, `bool`, `String` or
    /// `Vec<u8>` or `Option`s of them, and no value of another type is bound (by `filter`, `range`
    /// or `filter_sql`), a batch is therefore read on sqlx's connection but without that thread, by
    /// [`lock_handle`](sqlx::SqliteConnection::lock_handle), on a thread that may block: one of the
    /// runtime's, or if none is free one of its own. Results
    /// are the same: what is not as expected, an error included, is read again by sqlx, as is the
    /// rest of the iteration then; a database that is busy is waited for twice. Statements are
    /// logged at DEBUG under `sqlx::query`, as by sqlx, but whatever the connection's log settings.
    ///
    /// A statement that takes long without giving a row goes on when the iterator is dropped, and
    /// a tokio runtime may wait for it when it shuts down.
    pub fn direct(self, direct: bool) -> Self {
        self.configure("direct", |plan| plan.direct = direct)
    }
}

/// Nothing in it is pinned: the query under way is in a box of its own.
impl<M, DB: Backend, K, Y: Yields<M>> Unpin for Iteration<'_, M, DB, K, Y> {}

impl<M, DB, K, Y> fmt::Debug for Iteration<'_, M, DB, K, Y>
where
    M: Chunked,
    DB: Backend,
    Y: Yields<M>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iteration")
            .field("model", &M::MODEL.name)
            .field("batch_size", &self.plan.batch_size)
            .field("limit", &self.plan.limit)
            .finish_non_exhaustive()
    }
}
