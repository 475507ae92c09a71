//! The options of an iteration.

use std::{marker::PhantomData, ops::RangeBounds, sync::Arc};

use sqlx::QueryBuilder;

use super::{Iteration, chunked::Chunked, yields::Yields};
use crate::{
    backend::Backend,
    batches::{plan::Plan, run::Planned},
    error::Error,
    expr::{
        filter::{Filter, SqlFilter},
        order::UniqueOrder,
        predicate::Predicate,
        range::{self, RangeKey},
    },
    fetch::connector::Connector,
    position::{cursor::Cursor, key::Key},
};

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
        let Self { run, yields, late, refused, .. } = self.configure("order_by", |plan| {
            plan.key = Key::new(plan.key.table.clone(), order);
        });
        Iteration { run, yields, late, refused, key: PhantomData }
    }

    /// Reads another table with the same columns: `.table("entries_2025")`.
    ///
    /// The name is quoted. The rest of each statement keeps the name that the struct gives, so that
    /// `join` and [`filter_sql`](Self::filter_sql) mean the same: `FROM "entries_2025" AS "entries"`.
    /// A cursor belongs to the table that it was taken from, and is an error with another one.
    ///
    /// # Errors
    ///
    /// On a model with `query`, which has no table, the first item is an
    /// [`Error::Option`](crate::Error::Option).
    pub fn table(self, name: impl Into<String>) -> Self {
        self.configure("table", |plan| plan.key.table.set_name(name.into())).of_no_query("table")
    }

    /// Reads the table in another schema, or on MySQL in another database: `.schema("tenant_7")`.
    ///
    /// The name is quoted: `FROM "tenant_7"."entries"`. A cursor belongs to the schema that it was
    /// taken from, and is an error with another one.
    ///
    /// # Errors
    ///
    /// As for [`table`](Self::table).
    pub fn schema(self, name: impl Into<String>) -> Self {
        self.configure("schema", |plan| plan.key.table.set_schema(name.into()))
            .of_no_query("schema")
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
        let written = Arc::clone(&self.run.plan().key.written);
        let predicates = range::predicates::<K, DB>(&written, &bounds);
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
        self.start_at("after", Some(cursor), false)
    }

    /// Continues [`after`](Self::after) a cursor if there is one, and begins at the first row if not:
    /// what a program does that keeps its cursor somewhere and may not have one yet.
    pub fn resume(self, cursor: Option<Cursor<M>>) -> Self {
        self.start_at("resume", cursor, false)
    }

    /// Ends at the row that is the last one of the whole table when the first statement is sent,
    /// however fast others append.
    ///
    /// One statement finds that row first, `… ORDER BY "entries"."id" DESC LIMIT 1`, without the
    /// filters; the others have its key as their end: `WHERE … AND ("entries"."id" <= ?)`. A row
    /// that is inserted before the end is read like any other, and an empty table hands out nothing.
    /// In a descending order, rows with greater keys come before the first one, so that this changes
    /// nothing.
    pub fn up_to_now(self) -> Self {
        self.configure("up_to_now", |plan| plan.up_to_now = true)
    }

    /// Counts the rows that the iteration would hand out, with one statement: filters, range, cursor
    /// and limit count. It is a number of rows for batches, too.
    ///
    /// ```sql
    /// SELECT count(*) FROM "entries" WHERE ("entries"."id" > ?)
    /// ```
    ///
    /// The database reads all of those rows, or their index, which can take long in a large table.
    ///
    /// # Errors
    ///
    /// Those of the first item, and [`Error::Started`](crate::Error::Started) if the iteration was
    /// polled before.
    pub async fn count(mut self) -> Result<u64, Error> {
        self.is_late("count");
        self.check()?;
        self.run.count().await
    }

    /// Returns the text of the statement that comes next, with placeholders for its values; an empty
    /// one after the last statement, while a statement is under way, and if a value cannot be bound.
    ///
    /// It is there to be looked at, for instance with `EXPLAIN`. What later versions send may differ.
    pub fn to_sql(&mut self) -> String {
        self.run.next_sql().unwrap_or_default()
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
        self.start_at("before", Some(cursor), true)
    }

    fn start_at(self, method: &'static str, cursor: Option<Cursor<M>>, backwards: bool) -> Self {
        self.configure(method, |plan| {
            plan.backwards = backwards;
            plan.from = cursor.map(|cursor| cursor.point);
        })
    }

    /// Refuses a method that names a table, if the model has a query instead.
    fn of_no_query(mut self, method: &'static str) -> Self {
        if M::MODEL.query.is_some() {
            self.refused.get_or_insert((
                method,
                "its rows are those of a `query`, which names its tables itself",
            ));
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
        self.connect("persistent", |connector| connector.set_named(persistent))
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
            && let Some(Planned { content, .. }) = self.run.planned_mut()
        {
            content.filters.extend(filters);
        }
        self
    }

    fn configure(mut self, method: &'static str, set: impl FnOnce(&mut Plan)) -> Self {
        if !self.is_late(method) {
            set(self.run.plan_mut());
        }
        self
    }

    fn connect(mut self, method: &'static str, set: impl FnOnce(&mut Connector<'s, DB>)) -> Self {
        if !self.is_late(method)
            && let Some(Planned { connector, .. }) = self.run.planned_mut()
        {
            set(connector);
        }
        self
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
        self.connect("direct", |connector| connector.set_direct(direct))
    }
}
