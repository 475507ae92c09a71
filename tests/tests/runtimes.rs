//! Without tokio: on smol, like sqlx itself, reading ahead and SQLite's own route work as well.

use std::fmt::Debug;

use futures_util::{FutureExt as _, TryStreamExt as _};
use sqlx::{Executor, IntoArguments, Pool};
use sqlx_chunked::{Backend, Chunked, ReadRow};

#[derive(Chunked, Debug)]
#[chunked(table = "smol_entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
}

const COUNT: i64 = 50;

/// Reads a table in all ways that need something to run in the background.
async fn reads_all<DB>(pool: Pool<DB>)
where
    DB: Backend<Arguments: IntoArguments<DB>>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    Entry: ReadRow<DB>,
{
    assert!(tokio::runtime::Handle::try_current().is_err(), "this is not tokio");
    let values: Vec<_> = (1..=COUNT).map(|id| format!("({id})")).collect();
    let insert = format!("INSERT INTO smol_entries VALUES {}", values.join(", "));
    for sql in [
        "DROP TABLE IF EXISTS smol_entries",
        "CREATE TABLE smol_entries (id BIGINT NOT NULL PRIMARY KEY)",
        &insert,
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
    }
    for ahead in 0..=3 {
        for batch_size in [1, 7, 50, 51] {
            let rows = <Entry as Chunked>::iter(&pool).batch_size(batch_size).read_ahead(ahead);
            let ids: Vec<_> = rows.map_ok(|row| row.id).try_collect().await.unwrap();
            assert_eq!(ids, (1..=COUNT).collect::<Vec<_>>());
        }
        // On a connection and a transaction that go along.
        for batch_size in [1, 7, 50, 51] {
            for rows in [
                <Entry as Chunked>::iter(pool.acquire().await.unwrap()),
                <Entry as Chunked>::iter(pool.begin().await.unwrap()),
            ] {
                let rows = rows.batch_size(batch_size).read_ahead(ahead);
                let ids: Vec<_> = rows.map_ok(|row| row.id).try_collect().await.unwrap();
                assert_eq!(ids, (1..=COUNT).collect::<Vec<_>>());
            }
        }
        for rows in [
            <Entry as Chunked>::iter(pool.acquire().await.unwrap()),
            <Entry as Chunked>::iter(pool.begin().await.unwrap()),
        ] {
            let mut rows = rows.batch_size(2).read_ahead(ahead);
            rows.try_next().await.unwrap();
        }
        // Given up while a batch is being read.
        let mut rows = <Entry as Chunked>::iter(&pool).batch_size(2).read_ahead(ahead);
        rows.try_next().await.unwrap();
        // Given up while waiting for a connection, which another query needs.
        let mut taken = Vec::new();
        for _ in 0..pool.options().get_max_connections() {
            taken.push(pool.acquire().await.unwrap());
        }
        let mut waiting = <Entry as Chunked>::iter(&pool).read_ahead(ahead);
        assert!(waiting.try_next().now_or_never().is_none());
        taken.truncate(taken.len() - 1);
        let spare = smol::future::or(async { Some(pool.acquire().await.unwrap()) }, async {
            smol::Timer::after(std::time::Duration::from_secs(10)).await;
            None
        });
        assert!(spare.await.is_some(), "the iteration keeps its place in the queue");
    }
    sqlx::query("DROP TABLE smol_entries").execute(&pool).await.unwrap();
    pool.close().await;
}

/// The program itself occupies all threads that may block, and each of them waits for a read.
#[test]
fn sqlite_without_a_thread_to_block() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("blocked.db");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let pool = runtime.block_on(async {
        let pool = sqlx::SqlitePool::connect_with(options.create_if_missing(true)).await.unwrap();
        sqlx::raw_sql(
            "CREATE TABLE smol_entries (id INTEGER PRIMARY KEY); \
             INSERT INTO smol_entries VALUES (1), (2), (3), (4), (5)",
        )
        .execute(&pool)
        .await
        .unwrap();
        pool
    });
    let (sender, receiver) = std::sync::mpsc::channel();
    for by_value in [false, true] {
        for _ in 0..2 {
            let (pool, sender, handle) = (pool.clone(), sender.clone(), runtime.handle().clone());
            runtime.spawn_blocking(move || {
                let read = async {
                    let rows = if by_value {
                        Entry::iter(pool.begin().await.unwrap())
                    } else {
                        Entry::iter(&pool)
                    };
                    rows.batch_size(2).try_collect::<Vec<_>>().await
                };
                sender.send(handle.block_on(read).unwrap().len()).unwrap();
            });
        }
        for _ in 0..2 {
            let read = receiver.recv_timeout(std::time::Duration::from_secs(20));
            assert_eq!(read, Ok(5), "a read waits for a thread for ever");
        }
    }
}

#[test]
fn sqlite_on_smol() {
    smol::block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("smol.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
        reads_all(sqlx::SqlitePool::connect_with(options.create_if_missing(true)).await.unwrap())
            .await;
    });
}

#[test]
#[cfg_attr(not(postgres_url), ignore = "set POSTGRES_URL")]
fn postgres_on_smol() {
    let url = std::env::var("POSTGRES_URL").unwrap();
    smol::block_on(async { reads_all(sqlx::PgPool::connect(&url).await.unwrap()).await });
}

#[test]
#[cfg_attr(not(mysql_url), ignore = "set MYSQL_URL")]
fn mysql_on_smol() {
    let url = std::env::var("MYSQL_URL").unwrap();
    smol::block_on(async { reads_all(sqlx::MySqlPool::connect(&url).await.unwrap()).await });
}
