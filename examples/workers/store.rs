//! The databases that the flights are in.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::{
    AssertSqlSafe, PgConnection, PgPool, Pool, Postgres, QueryBuilder, Sqlite, SqliteConnection,
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use sqlx_chunked::Backend;
use sqlx_chunked_examples::flights;

use crate::{
    AnyError,
    work::{Flight, Run},
};

/// A database that flights are worked on in.
pub(crate) trait Store: Backend {
    fn open() -> impl Future<Output = Result<Pool<Self>, AnyError>> + Send;

    /// Copies the flights into a table of their own, which has a column for what is computed and one that
    /// counts how often that was written.
    fn copy_flights(
        pool: &Pool<Self>,
        table: &str,
    ) -> impl Future<Output = Result<(), AnyError>> + Send;

    /// Writes what is computed of some flights, and counts it.
    fn write(
        connection: &mut Self::Connection,
        table: &str,
        flights: &[Flight],
    ) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// Returns how many flights there are, and how many were not written exactly once and rightly, in the
    /// database's own words.
    fn check(
        pool: &Pool<Self>,
        table: &str,
    ) -> impl Future<Output = sqlx::Result<(i64, i64)>> + Send;

    /// Drops the tables of a run.
    fn clean_up(pool: &Pool<Self>, run: &Run) -> impl Future<Output = sqlx::Result<()>> + Send;
}

pub(crate) fn has_postgres() -> bool {
    std::env::var("POSTGRES_URL").is_ok()
}

/// Opens the SQLite file that apalis keeps its queue in.
pub(crate) async fn queue() -> sqlx::Result<SqlitePool> {
    let path = std::env::temp_dir().join("sqlx-chunked-workers.db");
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal);
    // A worker may be stopped while it writes, and the others wait for it.
    SqlitePool::connect_with(options.busy_timeout(Duration::from_mins(1))).await
}

impl Store for Sqlite {
    async fn open() -> Result<SqlitePool, AnyError> {
        flights::open().await
    }

    async fn copy_flights(pool: &SqlitePool, table: &str) -> Result<(), AnyError> {
        let copy = format!(
            "CREATE TABLE {table} (id INTEGER PRIMARY KEY, dep_delay INTEGER, arr_delay INTEGER,
                 made_up INTEGER, written INTEGER NOT NULL) STRICT;
             INSERT INTO {table} SELECT id, dep_delay, arr_delay, NULL, 0 FROM flights"
        );
        sqlx::raw_sql(AssertSqlSafe(copy)).execute(pool).await?;
        Ok(())
    }

    async fn write(
        connection: &mut SqliteConnection,
        table: &str,
        flights: &[Flight],
    ) -> sqlx::Result<()> {
        let mut update = QueryBuilder::<Self>::new(format!(
            "UPDATE {table} SET made_up = column2, written = written + 1 FROM ("
        ));
        update.push_values(flights, |mut row, flight| {
            row.push_bind(flight.id).push_bind(flight.made_up());
        });
        update.push(") WHERE id = column1");
        update.build().persistent(false).execute(connection).await?;
        Ok(())
    }

    async fn check(pool: &SqlitePool, table: &str) -> sqlx::Result<(i64, i64)> {
        sqlx::query_as(AssertSqlSafe(check(table))).fetch_one(pool).await
    }

    async fn clean_up(pool: &SqlitePool, run: &Run) -> sqlx::Result<()> {
        sqlx::raw_sql(AssertSqlSafe(clean_up(run))).execute(pool).await.map(drop)
    }
}

impl Store for Postgres {
    async fn open() -> Result<PgPool, AnyError> {
        let url = std::env::var("POSTGRES_URL").map_err(|_| "POSTGRES_URL is not set")?;
        Ok(PgPool::connect(&url).await?)
    }

    async fn copy_flights(pool: &PgPool, table: &str) -> Result<(), AnyError> {
        let create = format!(
            "CREATE TABLE {table} (id BIGINT PRIMARY KEY, dep_delay BIGINT, arr_delay BIGINT,
                 made_up BIGINT, written BIGINT NOT NULL DEFAULT 0)"
        );
        sqlx::raw_sql(AssertSqlSafe(create)).execute(pool).await?;
        let insert = format!(
            "INSERT INTO {table} (id, dep_delay, arr_delay)
             SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])"
        );
        let file = Sqlite::open().await?;
        let mut batches = Flight::batch_iter(&file).batch_size(10_000);
        while let Some(batch) = batches.try_next().await? {
            sqlx::query(AssertSqlSafe(insert.as_str()))
                .bind(batch.iter().map(|flight| flight.id).collect::<Vec<_>>())
                .bind(batch.iter().map(|flight| flight.dep_delay).collect::<Vec<_>>())
                .bind(batch.iter().map(|flight| flight.arr_delay).collect::<Vec<_>>())
                .execute(pool)
                .await?;
        }
        Ok(())
    }

    async fn write(
        connection: &mut PgConnection,
        table: &str,
        flights: &[Flight],
    ) -> sqlx::Result<()> {
        let update = format!(
            "UPDATE {table} SET made_up = computed.made_up, written = written + 1
             FROM unnest($1::bigint[], $2::bigint[]) AS computed (id, made_up)
             WHERE {table}.id = computed.id"
        );
        sqlx::query(AssertSqlSafe(update))
            .bind(flights.iter().map(|flight| flight.id).collect::<Vec<_>>())
            .bind(flights.iter().map(Flight::made_up).collect::<Vec<_>>())
            .execute(connection)
            .await?;
        Ok(())
    }

    async fn check(pool: &PgPool, table: &str) -> sqlx::Result<(i64, i64)> {
        sqlx::query_as(AssertSqlSafe(check(table))).fetch_one(pool).await
    }

    async fn clean_up(pool: &PgPool, run: &Run) -> sqlx::Result<()> {
        sqlx::raw_sql(AssertSqlSafe(clean_up(run))).execute(pool).await.map(drop)
    }
}

fn check(table: &str) -> String {
    format!(
        "SELECT count(*), count(*) FILTER
             (WHERE written <> 1 OR made_up IS DISTINCT FROM dep_delay - arr_delay) FROM {table}"
    )
}

fn clean_up(run: &Run) -> String {
    format!("DROP TABLE {}; DROP TABLE {}", run.table(), run.checkpoints_table())
}
