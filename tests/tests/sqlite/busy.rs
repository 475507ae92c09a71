//! A database that is locked for longer than the timeout is an error; after it, the iteration
//! continues.

use sqlx_chunked_tests::Report as _;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::{Connection as _, SqliteConnection, SqlitePool, sqlite::SqliteJournalMode};
use sqlx_chunked::Error;

use crate::harness::{Entry, TestDatabase};

tests! { row_by_row, in_batches, on_a_connection, not_past_the_timeout }

/// Returns a pool to the entries 1 to 7, and a connection that can keep it from reading.
async fn create(database: &TestDatabase) -> (SqlitePool, SqliteConnection) {
    database.create_entries(7).await;
    // In WAL a reader waits for no one, but with the other kind of journal it does. WAL can be left
    // only if no other connection is open.
    database.pool().close().await;
    let options = database
        .options()
        .journal_mode(SqliteJournalMode::Delete)
        .busy_timeout(Duration::from_millis(20));
    let writer = SqliteConnection::connect_with(&options).await.unwrap();
    (SqlitePool::connect_with(options).await.unwrap(), writer)
}

async fn lock(writer: &mut SqliteConnection) {
    sqlx::raw_sql("BEGIN EXCLUSIVE").execute(writer).await.unwrap();
}

async fn unlock(writer: &mut SqliteConnection) {
    sqlx::raw_sql("COMMIT").execute(writer).await.unwrap();
}

fn assert_busy(error: &Error) {
    assert_eq!(
        error.report(),
        "cannot read `Entry` from table `entries`; help: another transaction holds a lock for longer \
         than this one may wait: no row of this batch was handed out, and the next poll reads it again: \
         (code: 5) database is locked"
    );
}

async fn row_by_row(database: &TestDatabase) {
    let (pool, mut writer) = create(database).await;
    for batch_size in [1, 2, 3, 7] {
        let mut rows = Entry::iter(&pool).batch_size(batch_size);
        let mut seen = Vec::new();
        for place in 0..=7 {
            lock(&mut writer).await;
            // Rows that were read before are still handed out.
            let mut next = rows.try_next().await;
            if let Err(error) = &next {
                assert_busy(error);
                assert_busy(&rows.try_next().await.unwrap_err());
                assert_eq!(place % batch_size, 0, "between batches");
                unlock(&mut writer).await;
                next = rows.try_next().await;
            } else {
                unlock(&mut writer).await;
            }
            seen.extend(next.unwrap());
        }
        assert_eq!(seen, Entry::first(7), "batches of {batch_size}");
    }
    pool.close().await;
}

async fn in_batches(database: &TestDatabase) {
    let (pool, mut writer) = create(database).await;
    for batch_size in [1, 2, 3, 7] {
        let mut batches = Entry::batch_iter(&pool).batch_size(batch_size);
        let mut seen = Vec::new();
        while seen.len() < 7 {
            lock(&mut writer).await;
            assert_busy(&batches.try_next().await.unwrap_err());
            unlock(&mut writer).await;
            seen.extend(batches.try_next().await.unwrap().unwrap());
        }
        assert!(batches.try_next().await.unwrap().is_none());
        assert_eq!(seen, Entry::first(7), "batches of {batch_size}");
    }
    pool.close().await;
}

/// A connection that was refused once is not broken.
async fn on_a_connection(database: &TestDatabase) {
    let (pool, mut writer) = create(database).await;
    let mut connection = pool.acquire().await.unwrap();
    for batches in
        [Entry::batch_iter(&mut connection), Entry::batch_iter(pool.acquire().await.unwrap())]
    {
        let mut batches = batches.batch_size(3);
        let mut seen = Vec::new();
        for _ in 0..3 {
            lock(&mut writer).await;
            assert_busy(&batches.try_next().await.unwrap_err());
            unlock(&mut writer).await;
            seen.extend(batches.try_next().await.unwrap().unwrap());
        }
        assert_eq!(seen, Entry::first(7));
    }
}

/// Within the timeout, the query waits.
async fn not_past_the_timeout(database: &TestDatabase) {
    let (pool, mut writer) = create(database).await;
    pool.close().await;
    let options = database
        .options()
        .journal_mode(SqliteJournalMode::Delete)
        .busy_timeout(Duration::from_secs(10));
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let mut rows = Entry::iter(&pool).batch_size(3);
    rows.try_next().await.unwrap();
    lock(&mut writer).await;
    let (rest, ()) = tokio::join!(rows.try_collect::<Vec<_>>(), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        unlock(&mut writer).await;
    });
    assert_eq!(rest.unwrap(), Entry::first(7)[1..]);
    pool.close().await;
}
