//! Guides: what programs do with an iteration.
//!
//! - [Backfill](#backfill): write back what was read
//! - [Many workers](#many-workers): one table in parts, up to 10¹⁰ rows
//! - [Generic code](#generic-code): functions over any model
//! - [An order chosen at run time](#an-order-chosen-at-run-time)
//! - [Testing](#testing): tables that are small, and batches that are smaller
//! - [Logs](#logs): see what is sent
//! - [Behind a pooler](#behind-a-pooler): PgBouncer and its kind
//! - [Plain threads](#plain-threads): programs that are not async
//!
//! # Backfill
//!
//! Read a batch, write its rows in one transaction, keep the cursor, and read the next one. The
//! connection that read the batch is back in its pool before the loop sees the rows, so that reading
//! never blocks writing, also on SQLite.
//!
//! ```
//! use futures_util::TryStreamExt;
//! use sqlx_chunked::Chunked;
//!
//! #[derive(Chunked)]
//! #[chunked(table = "entries")]
//! struct Entry {
//!     #[chunk_key]
//!     #[chunked(primary_key)]
//!     id: i64,
//!     headline: String,
//!     slug: Option<String>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
//! # sqlx::query("CREATE TABLE entries (id INTEGER PRIMARY KEY, headline TEXT NOT NULL, slug TEXT)").execute(&pool).await?;
//! # sqlx::query("INSERT INTO entries VALUES (1, 'One', NULL), (2, 'Two', 'two'), (3, 'Three', NULL)").execute(&pool).await?;
//! # let kept: Option<String> = None;
//! # let mut token = String::new();
//! let cursor = kept.map(|token| token.parse()).transpose()?;     // from the last run, if any
//! let mut batches = Entry::batch_iter(&pool).filter(|e| e.slug.is_null()).resume(cursor);
//! while let Some(batch) = batches.try_next().await? {
//!     let mut transaction = pool.begin().await?;
//!     for entry in &batch {
//!         sqlx::query("UPDATE entries SET slug = ? WHERE id = ?")
//!             .bind(entry.headline.to_lowercase())
//!             .bind(entry.id)
//!             .execute(&mut *transaction)
//!             .await?;
//!     }
//!     transaction.commit().await?;
//!     token = batch.cursor().to_string();                         // to be kept
//! }
//! # assert!(!token.is_empty());
//! # let slugs: Vec<String> = sqlx::query_scalar("SELECT slug FROM entries ORDER BY id").fetch_all(&pool).await?;
//! # assert_eq!(slugs, ["one", "two", "three"]);
//! # Ok(())
//! # }
//! ```
//!
//! - To have the cursor kept with the rows, so that each is written exactly once, save it in the
//!   transaction: [`Checkpoints`](crate::Checkpoints), and [`transactional`](crate::Iteration::transactional).
//! - A filter on the column that is written, as above, loses nothing: the next batch continues by the
//!   key, and not by counting rows.
//! - Do not write the columns of the order: a row whose key moves may be read twice, or not at all.
//! - A table that others append to may never end. [`up_to_now`](crate::Iteration::up_to_now) ends at
//!   the row that is the last one when the iteration begins.
//! - With [`read_ahead`](crate::Iteration::read_ahead) a batch may have changed since it was read.
//!
//! # Many workers
//!
//! [`parts`](crate::Iteration::parts) cuts a table once, a queue hands the parts out, and
//! [`part`](crate::Iteration::part) reads one of them; the documentation of `part` has the loop of a
//! worker. What is different from one process:
//!
//! - Keep the parts, in the queue or in a table. A second cut has other edges.
//! - Make several times as many parts as there are workers, and have each worker take one at a time.
//!   Parts have about the same number of rows, which need not mean the same work, and a worker that ends early
//!   takes the next one. Some queues hand ten to each worker by default (`batch_size` of apalis).
//! - Queues deliver at least once. A [checkpoint](crate::Checkpoints) for each part, saved in the batch's
//!   transaction, makes each effect happen once: a worker whose part was given to another one gets an
//!   [`Error::Overtaken`](crate::Error::Overtaken) when it saves, rolls back, and takes another part.
//! - Renew the lease of the queue after each batch, and let it be several times as long as a batch takes.
//! - The part, the filters and the order belong together: every worker needs the same values.
//!
//! ## 10¹⁰ rows and 1,000 workers, on paper
//!
//! - **The cut** passes each entry of the order's index once. It took 1.3 times as long as a `SELECT
//!   count(*)` of 1,000,000 rows on PostgreSQL, and 1.5 times on MariaDB, both without parallel workers of
//!   the server and from memory (`benches`, `parts`). An index of 10¹⁰ integers has some 200 GB: a disk that
//!   reads 500 MB/s takes 7 minutes for it, and a server that passes 10,000,000 entries a second takes 17.
//!   It is done in short statements, some 20,000 of them: the step grows from 10,000 rows to 2,560,000, so
//!   that about 3,900 keys are kept. The ends of 10,000 parts are looked for from the nearest of these keys
//!   on, which passes each entry once more at most. No statement is longer than its step, no transaction is open meanwhile, and
//!   [`progress`](crate::Cut::progress) tells how far it is. If it is stopped, it begins anew.
//! - **The checkpoints** are one row for each part, so 10,000 rows. Each is updated by its own worker, once
//!   a batch and in the batch's transaction: there is no contention, and no round trip but that of the
//!   update. With 1,000 rows a batch these are 10⁷ updates, beside 10¹⁰ rows that are written. On
//!   PostgreSQL the old versions of these rows are what autovacuum has to keep up with: a
//!   `fillfactor` of 50 for that table lets most updates stay on their page.
//! - **The skew**: with 10 parts for each worker, the last worker to end is late by the time of one part at
//!   most, a tenth of the whole if all rows take the same time. If they do not, make more parts: one costs
//!   a statement, and a token of some 50 to 100 bytes.
//! - **Connections**: a worker has one at a time while it reads or writes. 1,000 of them are too many for
//!   most servers: [behind a pooler](#behind-a-pooler), `persistent(false)`.
//! - **The table changes** while it is read, for hours. Rows that are inserted belong to the part that their
//!   key falls into, and are read if its worker has not passed them; new rows with the greatest keys are all
//!   in the last part, unless the cut ended [`up_to_now`](crate::Iteration::up_to_now).
//!
//! # Generic code
//!
//! A function over any model and any source bounds the model by [`ReadRow`](crate::ReadRow):
//!
//! ```
//! use futures_util::TryStreamExt;
//! use sqlx_chunked::{Error, ReadRow, Source};
//!
//! async fn export<'s, M, S>(source: S) -> Result<usize, Error>
//! where
//!     S: Source<'s>,
//!     M: ReadRow<S::Database> + serde::Serialize,
//! {
//!     let mut batches = M::batch_iter(source);
//!     let mut rows = 0;
//!     while let Some(batch) = batches.try_next().await? {
//!         rows += batch.len();
//!         // … serialize the batch
//!     }
//!     Ok(rows)
//! }
//! ```
//!
//! A struct that keeps an iterator names it by [`Iter`](crate::Iter) or
//! [`BatchIter`](crate::BatchIter): `Iter<'static, Entry, Sqlite>`, from an owned pool. Functions that
//! take rows and batches alike find their bounds in [`bounds`](crate::bounds).
//!
//! # An order chosen at run time
//!
//! Each order has a type of its own, by which it is known not to tie. [`boxed`](crate::Order::boxed)
//! gives all of them the same type:
//!
//! ```
//! use sqlx_chunked::{Chunked, Cursor, Error, Page};
//!
//! #[derive(Chunked)]
//! #[chunked(table = "entries")]
//! struct Entry {
//!     #[chunk_key]
//!     #[chunked(primary_key)]
//!     id: i64,
//!     headline: String,
//! }
//!
//! async fn page(
//!     pool: &sqlx::SqlitePool,
//!     by: &str,
//!     descending: bool,
//!     cursor: Option<Cursor<Entry>>,
//! ) -> Result<Page<Entry>, Error> {
//!     let entries = Entry::batch_iter(pool).batch_size(50).order_by(|e| match by {
//!         "headline" => e.headline.asc().then(e.id.asc()).boxed(),
//!         _ => e.id.asc().boxed(),
//!     });
//!     let entries = if descending { entries.reverse() } else { entries };
//!     entries.resume(cursor).page().await
//! }
//! ```
//!
//! A cursor knows its order. One that was taken in another is an
//! [`Error::Cursor`](crate::Error::Cursor), so that a client cannot mix them up.
//!
//! # Testing
//!
//! Most mistakes with batches show at their edges: choose a table of a few rows, and every batch size
//! up to one more than that.
//!
//! ```
//! # use futures_util::TryStreamExt;
//! # use sqlx_chunked::Chunked;
//! # #[derive(Chunked)]
//! # #[chunked(table = "entries")]
//! # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64 }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A database in memory belongs to its connection, so that the pool must have just one.
//! let pool = sqlx::sqlite::SqlitePoolOptions::new()
//!     .max_connections(1)
//!     .connect("sqlite::memory:")
//!     .await?;
//! sqlx::query("CREATE TABLE entries (id INTEGER PRIMARY KEY)").execute(&pool).await?;
//! sqlx::query("INSERT INTO entries VALUES (1), (2), (3)").execute(&pool).await?;
//! for batch_size in 1..=4 {
//!     let entries = Entry::iter(&pool).batch_size(batch_size).map_ok(|entry| entry.id);
//!     assert_eq!(entries.try_collect::<Vec<_>>().await?, [1, 2, 3]);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! [`to_sql`](crate::Iteration::to_sql) gives the statement that comes next, for a test of its plan
//! by `EXPLAIN`.
//!
//! And one line holds the marks of a model against the migrations of the program, on the database that
//! [`sqlx::test`](https://docs.rs/sqlx/latest/sqlx/attr.test.html) makes for it; see
//! [`Chunked::verify`](crate::Chunked::verify):
//!
//! ```ignore
//! #[sqlx::test]
//! async fn entries_are_as_declared(pool: sqlx::PgPool) {
//!     Entry::verify(&pool).await.unwrap();
//! }
//! ```
//!
//! [`#[chunked(migrations = "…")]`](crate::Chunked#migrations) does the same when compiling, without a
//! database.
//!
//! # Logs
//!
//! Statements are events of [`tracing`](https://docs.rs/tracing) at DEBUG, under the target
//! `sqlx::query`, in the span that was current when the iteration was polled. sqlx sends them itself,
//! and reads the settings of the connection (`log_statements`, `log_slow_statements`); what this crate
//! reads without sqlx's thread on SQLite is logged in the same form, at DEBUG, whatever these settings
//! say. With `tracing-subscriber`, `RUST_LOG=sqlx::query=debug` shows them. The target `sqlx_chunked` says
//! at DEBUG why rows are read with that thread, see [`direct`](crate::Iteration::direct).
//!
//! # Behind a pooler
//!
//! A pooler in transaction mode, such as PgBouncer, gives each transaction another session of the
//! server, and a statement that was prepared in one is not known in the next. Say
//! [`persistent(false)`](crate::Iteration::persistent), and have nothing else prepare statements on
//! that pool: sqlx's own queries need `.persistent(false)`, too. Each batch is then read in a short
//! transaction of its own.
//!
//! ```
//! # use sqlx_chunked::Chunked;
//! # #[derive(Chunked)]
//! # #[chunked(table = "entries")]
//! # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64 }
//! # fn read(pool: sqlx::SqlitePool) {
//! Entry::batch_iter(&pool).persistent(false);
//! # }
//! ```
//!
//! # Plain threads
//!
//! A program that is not async runs the iteration on a runtime of its own, and waits for it:
//!
//! ```
//! # use futures_util::TryStreamExt;
//! # use sqlx_chunked::Chunked;
//! # #[derive(Chunked)]
//! # #[chunked(table = "entries")]
//! # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64 }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # let pool = runtime.block_on(async {
//! #     let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
//! #     sqlx::query("CREATE TABLE entries (id INTEGER PRIMARY KEY)").execute(&pool).await?;
//! #     sqlx::query("INSERT INTO entries VALUES (1), (2), (3)").execute(&pool).await?;
//! #     Ok::<_, sqlx::Error>(pool)
//! # })?;
//! let mut entries = Entry::iter(pool);
//! # let mut sum = 0;
//! while let Some(entry) = runtime.block_on(entries.try_next())? {
//!     println!("{}", entry.id);
//! #   sum += entry.id;
//! }
//! # assert_eq!(sum, 6);
//! # Ok(())
//! # }
//! ```
//!
//! Inside a runtime, `block_on` panics; hand the rows to the thread by a channel instead.
