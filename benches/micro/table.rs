//! The table that the small benchmarks read.

use sqlx::{SqlitePool, sqlite::SqlitePoolOptions};
use sqlx_chunked::Chunked;
use tokio::runtime::Runtime;

/// The default number of rows in a batch.
pub(crate) const ROWS: u32 = 1_000;

/// The ending of a benchmark's name, and true if the driver's thread is left out.
pub(crate) const DIRECT_OR_NOT: [(&str, bool); 2] = [("", true), (".direct(false)", false)];

/// A row, as this library and sqlx read it.
#[derive(Debug, Chunked, sqlx::FromRow)]
#[chunked(table = "entries")]
#[expect(dead_code, reason = "only that they are read matters")]
pub(crate) struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    pub(crate) id: i64,
    pub(crate) author_id: i64,
    pub(crate) headline: String,
    pub(crate) score: f64,
    pub(crate) editor_id: Option<i64>,
}

/// Opens a pool of the one connection that has the table, and the runtime for it.
pub(crate) fn open() -> (Runtime, SqlitePool) {
    let runtime = Runtime::new().expect("a runtime");
    let pool = runtime.block_on(pool()).expect("a database in memory");
    (runtime, pool)
}

async fn pool() -> Result<SqlitePool, sqlx::Error> {
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    sqlx::raw_sql(
        "CREATE TABLE entries (
            id INTEGER PRIMARY KEY,
            author_id INTEGER NOT NULL,
            headline TEXT NOT NULL,
            score REAL NOT NULL,
            editor_id INTEGER
        )",
    )
    .execute(&pool)
    .await?;
    sqlx::query(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
         INSERT INTO entries
         SELECT n, n % 97, 'the headline of entry ' || n, n / 8.0, iif(n % 3 = 0, n, NULL)
         FROM numbers",
    )
    .bind(ROWS)
    .execute(&pool)
    .await?;
    Ok(pool)
}
