//! The options of an iteration.

use std::{marker::PhantomData, ops::RangeBounds, sync::Arc};

use sqlx::QueryBuilder;

use super::{Iteration, chunked::Chunked, yields::Yields};
use crate::{
    backend::Backend,
    batches::{plan::Plan, run::Planned},
    error::Error,
    expr::{
        filter::{Filter, PushedSql},
        order::UniqueOrder,
        predicate::Predicate,
        range::{self, RangeKey},
    },
    fetch::connector::Connector,
    position::{cursor::Cursor, key::Key},
    verify::{Read, verify},
};

/// Options for rows and batches alike.
impl<'s, M, DB, K, Y> Iteration<'s, M, DB, K, Y>
where
    M: Chunked,
    DB: Backend,
    Y: Yields<M>,
{
    /// Sets the number of rows that a query reads, and so the number in memory; 1,000 by default.
    ///
    /// # Errors
    ///
    /// 0 is an error: the first item reports it, and no query is sent.
    pub fn batch_size(self, rows: usize) -> Self {
        self.configure("batch_size", |plan| plan.batch_size = rows)
    }

    /// Sets the number of rows to hand out in total. The last query asks only for the rows that are
    /// left, and `limit(0)` sends no query.
    pub fn limit(self, rows: u64) -> Self {
        self.configure("limit", |plan| plan.limit = Some(rows))
    }

    /// Sets another order: `.order_by(|e| e.created.desc())`, or by several columns
    /// `.order_by(|e| e.delay.desc().then(e.id.asc()))`.
    ///
    /// It replaces the current order, and from then on `range` takes its key type. An order that
    /// can tie does not compile, because rows that tie at the end of a batch would be lost. NULLs
    /// are rows like any other, and come where the database sorts them.
    ///
    /// The columns should have an index in this order. Without one, every query sorts the table.
    ///
    /// # Statements
    ///
    /// The rows after a position in several columns are in several places of the index: the rest of
    /// the tie, the greater values, the NULLs.
    ///
    /// - On SQLite each place has its own statement, the nearest first. The next place is asked for
    ///   only if the nearer ones have too few rows for the batch, so that an extra statement is
    ///   sent whenever a batch crosses from one place to the next.
    /// - On PostgreSQL one statement has all places, and reads each of them only if the nearer ones
    ///   come up short: `WITH place_0 AS (…) … WHERE (SELECT count(*) FROM place_0) < $4 AND …`.
    ///   After a batch that lies within one tie, the rest of the tie is asked for on its own.
    /// - On MySQL all places are one range, `a > ? OR (a = ? AND (b > ?))`, with the NULLs where
    ///   they are sorted.
    ///
    /// Places that have no rows are left out. These are the places before the extra row of the last
    /// batch, if the type of the column tells them apart (integers, times and UUIDs, not text); a
    /// row that is inserted there in the meantime is not seen. The NULLs are left out too, if a
    /// [`filter`](Self::filter) excludes them: if you do not need them, add `is_not_null()` to the
    /// filter.
    ///
    /// # What a batch costs
    ///
    /// The numbers are for a batch of 100 rows and the extra row, from a table of 100,000 rows with
    /// an index on the columns of the order. They count the index entries that the database reads,
    /// or on SQLite the steps of its virtual machine (1,118 for the first batch by the primary
    /// key). The first number is the median of all batches between the first and the last, the
    /// second is their maximum. A test counts them.
    ///
    /// | order; data | PostgreSQL 15 | MariaDB 10.11 | SQLite 3.51 |
    /// |---|---|---|---|
    /// | `id` | 101, 101 | 101, 101 | 1,124, 1,129 |
    /// | `category, id`; one value in 60 % of the rows | 101, 101 | 101, 102 | 1,338, 1,360 |
    /// | the same descending | 101, 101 | 101, 102 | 1,338, 1,360 |
    /// | the same, filter matches in one category only | 101, 4,900 | 101, 101 | 1,549, 1,569 |
    /// | `same, id`; one tie of all rows | 101, 101 | 101, 101 | 1,338, 1,350 |
    /// | `category, id`, filtered by `category` | 101, 101 | 101, 335 | 1,548, 1,563 |
    /// | `published, id`; NULL in 90 % | 101, 101 | 101, 101 (445 descending) | 1,337, 1,358 |
    /// | `published desc, id desc`, filter on another column | 101, 101 | 102, 102 | 1,539, 1,550 |
    /// | `mixed, score desc, id` | 101, 101 (400 if all are reversed) | 102, 103 | 1,337, 1,405 |
    ///
    /// No order can avoid these costs:
    ///
    /// - Before the first match of a filter and after the last one, the database reads rows until
    ///   it knows that none match: without an index on the filter, up to all rows, once.
    ///   `published.is_not_null()` avoids reading the NULLs of the order.
    /// - PostgreSQL reads and sorts the rest of a tie for each batch as long as it expects few
    ///   matches of the filter there (4,900 above). It does the same in a table that was loaded,
    ///   until the first `ANALYZE`: run `ANALYZE`.
    /// - An index on the first column alone is enough for SQLite and MySQL if the other column is
    ///   the primary key and both have the same direction. PostgreSQL needs all columns in the
    ///   index.
    /// - If a filter compares another indexed column by `=`, and many rows share the value, MariaDB
    ///   looks up all of those rows (31,085 entries for 1,001 rows of 60,000). Put the column first
    ///   in the order,
    ///   `filter(|e| e.author_id.eq(7)).order_by(|e| e.author_id.asc().then(e.id.asc()))`, with an
    ///   index on both. The equality is then written as `>= AND <=`, which walks along the index.
    ///   PostgreSQL needs that index too, and SQLite needs `ANALYZE`.
    /// - In the order of a secondary index, MariaDB sorts the whole table once, for the first
    ///   batch, if the batch has more than about 600 rows.
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
    /// The name is quoted. Related rows are still read from the tables of their own structs. The rest of each statement still uses the name from the struct, so that
    /// `join` and [`filter_sql`](Self::filter_sql) mean the same:
    /// `FROM "entries_2025" AS "entries"`. A cursor belongs to the table that it was taken from;
    /// with another table it is an error.
    ///
    /// # Errors
    ///
    /// If the model has a `query`, and so no table, the first item is an
    /// [`Error::Option`](crate::Error::Option). So it is if the name has more than 63 bytes on
    /// PostgreSQL, which would cut it short, and could find another table.
    pub fn table(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.refuse_name("table", &name).configure("table", |plan| plan.key.table.set_name(name))
    }

    /// Reads the table in another schema, or on MySQL in another database: `.schema("tenant_7")`.
    ///
    /// The name is quoted: `FROM "tenant_7"."entries"`. Related rows are read from the same schema,
    /// unless their struct names one of its own. Tables that the text of a `join` names are not. A
    /// cursor belongs to the schema that it was taken from; with another schema it is an error.
    ///
    /// # Errors
    ///
    /// The same as for [`table`](Self::table).
    pub fn schema(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.refuse_name("schema", &name)
            .configure("schema", |plan| plan.key.table.set_schema(name))
    }

    /// Reverses the current order, by turning every direction around.
    pub fn reverse(self) -> Self {
        self.configure("reverse", |plan| plan.key = plan.key.reversed())
    }

    /// Reads only the rows that meet a predicate: `.filter(|e| e.author_id.eq(7))`.
    ///
    /// Several calls are joined by AND. The predicates are the methods of
    /// [`Column`](crate::Column).
    pub fn filter(self, predicate: impl FnOnce(M::Columns) -> Predicate<M, DB>) -> Self {
        let node = predicate(M::columns()).node;
        self.restrict("filter", [Filter::Typed(node)])
    }

    /// Reads only the rows that meet a condition in SQL, for conditions that the typed predicates
    /// lack:
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
    /// The closure is called for every statement, several times for some of them, and should push
    /// the same SQL and bound values each time. The condition is put in parentheses, but the SQL
    /// goes into the query as it is: never push text that comes from outside; bind it instead. A
    /// parameter that is written by hand (`?1`, `:id` on SQLite, `$1` on PostgreSQL) is an error: it
    /// could be another value of the statement.
    pub fn filter_sql(self, push: impl FnMut(&mut QueryBuilder<DB>) + Send + 'static) -> Self {
        self.restrict("filter_sql", [Filter::Sql(PushedSql::new(push))])
    }

    /// Reads only the rows whose key lies between bounds, like [`BTreeMap::range`]:
    /// `range(100..=200)`.
    ///
    /// The bounds are values of the key of the current order, and still apply if the order changes
    /// later. The lower bound comes first, whatever the direction. For an order of several columns,
    /// the bounds are tuples, compared from left to right as if all columns were ascending.
    ///
    /// On SQLite a bound is compared in the form that sqlx gives it. A timestamp that the table
    /// holds in another spelling compares as text, and one that it holds as a number compares by
    /// storage class, so that rows can be missed; [`after`](Self::after) cannot miss any. For such
    /// tables, use [`filter_sql`](Self::filter_sql) with `julianday(…)` or `unixepoch(…)` on both
    /// sides.
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

    /// Continues after the row that the cursor was taken from. If this and [`before`](Self::before)
    /// are called several times, the last call wins.
    ///
    /// # Errors
    ///
    /// A cursor of another order, or from another database, is an error: the first item reports it,
    /// and no query is sent.
    pub fn after(self, cursor: Cursor<M>) -> Self {
        self.start_at("after", Some(cursor), false)
    }

    /// Continues [`after`](Self::after) a cursor, or begins at the first row if there is none. This
    /// is for programs that keep their cursor somewhere and may not have one yet.
    pub fn resume(self, cursor: Option<Cursor<M>>) -> Self {
        self.start_at("resume", cursor, false)
    }

    /// Ends at the row that is the last one of the whole table when the first statement is sent,
    /// however fast others append.
    ///
    /// An extra statement finds that row first, `… ORDER BY "entries"."id" DESC LIMIT 1`, without
    /// the filters. The other statements end at its key: `WHERE … AND ("entries"."id" <= ?)`. An
    /// empty table hands out nothing.
    ///
    /// A row that is inserted before the end in the meantime is read like any other. This matters
    /// where new rows do not have the greatest keys: UUIDs come anywhere, and if the last row has a
    /// NULL that sorts last, rows with values come before it. If all columns are descending, rows
    /// with greater keys come before the first row, so that this option changes nothing.
    pub fn up_to_now(self) -> Self {
        self.configure("up_to_now", |plan| plan.up_to_now = true)
    }

    /// Counts the rows that the iteration would hand out, in one statement. Filters, range, cursor
    /// and limit apply. The result is a number of rows, even if the iteration yields batches.
    ///
    /// ```sql
    /// SELECT count(*) FROM "entries" WHERE ("entries"."id" > ?)
    /// ```
    ///
    /// The database reads all of those rows, or their index, which can take long in a large table.
    ///
    /// # Errors
    ///
    /// Returns an error for options that contradict each other, a cursor that does not fit, and a
    /// failing statement, and [`Error::Started`](crate::Error::Started) if the iteration was
    /// already polled. What only rows can show, such as a value that does not decode or a NULL in
    /// the key, is found when they are read; rows are counted all the same.
    pub async fn count(mut self) -> Result<u64, Error> {
        self.is_late("count");
        self.check()?;
        self.run.count().await
    }

    /// Asks the catalog of the database whether the table bears out the marks of the model, as
    /// [`Chunked::verify`](crate::Chunked::verify) does, which documents what is asked and what proves
    /// it. It is asked about the [`table`](Self::table) and [`schema`](Self::schema) that were named at
    /// run time, on the source of the iteration. Also:
    ///
    /// - the columns of the order that have no `Option` cannot be NULL: after the first column, a NULL
    ///   would be passed over silently;
    /// - the models of the relations are held against their tables.
    ///
    /// ```
    /// # use sqlx_chunked::Chunked;
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "entries")]
    /// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64, headline: String }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    /// # sqlx::query("CREATE TABLE entries_2025 (id INTEGER PRIMARY KEY, headline TEXT)").execute(&pool).await?;
    /// let entries = || {
    ///     let by_headline = Entry::iter(&pool).order_by(|e| e.headline.asc().then(e.id.asc()));
    ///     by_headline.table("entries_2025")
    /// };
    /// let error = entries().verify().await.unwrap_err();
    /// assert!(error.to_string().contains("NOT NULL of `headline` in table `entries_2025`"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The same as for [`Chunked::verify`](crate::Chunked::verify), and errors for options that
    /// contradict each other; [`Error::Started`](crate::Error::Started) if the iteration was already
    /// polled.
    pub async fn verify(mut self) -> Result<(), Error> {
        self.is_late("verify");
        self.check()?;
        let Some((plan, planned)) = self.run.into_planned() else {
            return Err(Error::Started { model: M::MODEL.name, method: "verify" });
        };
        let Planned { content, mut connector } = planned;
        let mut relations = content.relations;
        relations.set_table(&plan.key.table);
        let related_by =
            relations.columns().iter().flat_map(|taken| taken.columns().to_vec()).collect();
        let read = Read::by(&plan.travelled()).with(related_by);
        let related = relations.tables().into_iter().map(Read::by_chunk_key).collect();
        verify(&mut connector, read, related).await
    }

    /// Returns the text of the next statement, with placeholders for its values. The text is empty
    /// after the last statement, while a statement is running, and if the next item is an error
    /// about an option, a cursor or a value to bind.
    ///
    /// It is meant for inspection, for instance with `EXPLAIN`. Later versions may send other
    /// statements.
    pub fn to_sql(&mut self) -> String {
        if self.check().is_err() {
            return String::new();
        }
        let sql = self.run.next_sql().or_else(|| self.yields.next_sql());
        sql.unwrap_or_default()
    }

    /// Reads backwards from the row that the cursor was taken from.
    ///
    /// Batches and pages come from there towards the first row, each with its rows in the order
    /// that was asked for. Single rows come nearest first.
    ///
    /// # Errors
    ///
    /// The same as for [`after`](Self::after).
    pub fn before(self, cursor: Cursor<M>) -> Self {
        self.start_at("before", Some(cursor), true)
    }

    fn start_at(self, method: &'static str, cursor: Option<Cursor<M>>, backwards: bool) -> Self {
        self.configure(method, |plan| {
            plan.backwards = backwards;
            plan.from = cursor.map(|cursor| cursor.point);
        })
    }

    /// Refuses the name of a table or schema, if the model has a query instead, or if the server
    /// would cut the name short.
    fn refuse_name(mut self, method: &'static str, name: &str) -> Self {
        let longest = DB::DIALECT.longest_name;
        if M::MODEL.query.is_some() {
            let reason = "its rows are those of a `query`, which names its tables itself";
            self.refused.get_or_insert((method, reason));
        } else if longest.is_some_and(|longest| name.len() > longest) {
            let reason = "the name is so long that the server would cut it short; give the name \
                          as the server's catalog has it";
            self.refused.get_or_insert((method, reason));
        }
        self
    }

    /// Sets whether statements get a name on the server and are prepared once per connection; true
    /// by default.
    ///
    /// Use `persistent(false)` with a pooler that gives each transaction another session of the
    /// server, such as PgBouncer in transaction mode. Statements are then unnamed, and on
    /// PostgreSQL each batch is read in a short transaction of its own, which ends before the rows
    /// are handed out. Without that transaction, the pooler could prepare a statement in one
    /// session and then execute another client's statement in the next. A transaction that is
    /// already open is used, and left open.
    pub fn persistent(self, persistent: bool) -> Self {
        self.connect("persistent", |connector| connector.set_named(persistent))
    }

    /// Sets the number of batches to read before they are asked for; 0 by default.
    ///
    /// A background task reads them while the caller works, so that program and server no longer
    /// take turns: with 1 the slower of the two never waits, and 2 is for batches of which some take
    /// much longer than others; more rarely helps. Memory grows by that many batches, and the rows
    /// of a batch may have changed since it was read: leave this off if a batch must be processed
    /// before the next one is read. The task never reads further ahead, stops when the iterator is
    /// dropped, and after an error continues only when polled again. A `try_next()` that is dropped
    /// has asked for a batch. [`cursor`](Self::cursor) is the position after what was handed out, not
    /// after what was read.
    ///
    /// On tokio it is a task of the runtime, elsewhere a thread. A task cannot take a borrowed
    /// connection or transaction along, so that batches from these are read when they are asked
    /// for, as they are without this option. The same is true of a [`page`](Self::page).
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

    pub(super) fn configure(mut self, method: &'static str, set: impl FnOnce(&mut Plan)) -> Self {
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

/// Options for SQLite only.
#[cfg(feature = "sqlite")]
impl<M, K, Y> Iteration<'_, M, sqlx::Sqlite, K, Y>
where
    M: Chunked,
    Y: Yields<M>,
{
    /// Sets whether batches may be read on the connection's own handle; true by default.
    ///
    /// sqlx hands over rows one by one from its own thread, which takes several times as long as
    /// reading them. A batch is therefore read on sqlx's connection but without that thread, by
    /// [`lock_handle`](sqlx::SqliteConnection::lock_handle), if the source is a pool, or a
    /// `PoolConnection` or a `Transaction<'static>` passed by value. This happens on a thread that
    /// may block: one of the runtime's, or a new one if none is free. It hands over 128 rows at a
    /// time, and less if they are large, which the iteration decodes while the thread reads the next
    /// ones; those that wait are in memory as SQLite stores them. A borrowed connection or
    /// transaction is read through sqlx, since it cannot be sent to another thread. Structs with
    /// `#[sqlx(flatten)]` or `#[sqlx(default)]` are read through sqlx as well.
    ///
    /// How fast that is depends on the types of the fields, and of `Option`s of them:
    ///
    /// - Integers, floats, `bool`, `String` and `Vec<u8>` are read without sqlx.
    /// - The features `chrono`, `time` and `uuid` do the same for the types of these crates, and
    ///   `json` for `Json<T>`.
    /// - `#[sqlx(transparent)]` structs, enums with a `repr`, and other types that implement
    ///   `Decode<'r, DB>` for any `DB`, are read like the types that they consist of.
    /// - All others (enums by name, types with a decoding just for SQLite, and those above without
    ///   the feature or in an unusual spelling) are decoded by sqlx: each different value once, out
    ///   of a database in memory that returns what it is sent. A column of few values costs next to
    ///   nothing then; a batch with a value that is new is read again, as a whole. If a batch has more
    ///   than 16,384 different values of them, or 4 MiB, or is larger than 64 MiB, the rows are read
    ///   through sqlx.
    ///
    /// Events at DEBUG under `sqlx_chunked` say why rows are read through sqlx, and which types it
    /// decodes.
    ///
    /// The results are the same: anything unexpected, errors included, is read again through sqlx,
    /// as is the rest of the iteration. A busy database is thus waited for twice, each time for the
    /// busy timeout: first on the handle, then through sqlx.
    /// Statements are logged at DEBUG under `sqlx::query`, as sqlx does, but regardless of the
    /// connection's log settings.
    ///
    /// A statement that runs for long without returning a row continues after the iterator is
    /// dropped, and a tokio runtime may wait for it when it shuts down. When the iterator is dropped
    /// between two batches, the thread may have the connection or transaction that was passed by
    /// value; it goes back to its pool, or is rolled back, in a moment on that thread.
    pub fn direct(self, direct: bool) -> Self {
        self.connect("direct", |connector| connector.set_direct(direct))
    }
}
