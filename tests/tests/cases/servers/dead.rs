//! A connection that died in the pool, unnoticed because the user spared the ping of `acquire`: it
//! is replaced once, silently.

use futures_util::TryStreamExt as _;
use sqlx::{Pool, pool::PoolOptions};
use sqlx_chunked_tests::Report as _;

use super::sessions::{Sessions, kill_and_wait, wait_for_idle};
use crate::{
    Db,
    harness::{Entry, TestDatabase},
};

tests! { is_replaced, only_once, and_with_a_ping }

async fn pool(database: &TestDatabase, ping: bool, connections: u32) -> (Sessions, Pool<Db>) {
    let options = PoolOptions::new().max_connections(connections).test_before_acquire(ping);
    let (sessions, options) = Sessions::of(options);
    (sessions, options.connect_with(database.options()).await.unwrap())
}

/// Between any two batches, and before the first.
async fn is_replaced(database: &TestDatabase) {
    database.create_entries(7).await;
    for persistent in [true, false] {
        let (sessions, pool) = pool(database, false, 1).await;
        let mut batches = Entry::batch_iter(&pool).batch_size(2).persistent(persistent);
        let mut entries = Vec::new();
        for begun in 1..=4 {
            wait_for_idle(&pool).await;
            assert_eq!(sessions.count(), begun);
            kill_and_wait(database, &sessions.newest(0).unwrap()).await;
            entries.extend(batches.try_next().await.unwrap().unwrap());
        }
        assert!(batches.try_next().await.unwrap().is_none());
        assert_eq!(entries, Entry::first(7));
        assert_eq!(sessions.count(), 5, "the hook runs for the replacement, too");
        pool.close().await;
    }
}

/// If the replacement is dead as well, the caller gets an error, and polls again.
async fn only_once(database: &TestDatabase) {
    database.create_entries(7).await;
    let (sessions, pool) = pool(database, false, 3).await;
    let connections = [pool.acquire().await, pool.acquire().await, pool.acquire().await];
    for connection in connections {
        drop(connection.unwrap());
    }
    while pool.num_idle() < 3 {
        tokio::task::yield_now().await;
    }
    for but in 0..3 {
        kill_and_wait(database, &sessions.newest(but).unwrap()).await;
    }
    let mut rows = Entry::iter(&pool).batch_size(2);
    let error = rows.try_next().await.unwrap_err();
    assert!(error.report().starts_with("cannot read `Entry` from table `entries`: "), "{error}");
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), Entry::first(7));
    pool.close().await;
}

async fn and_with_a_ping(database: &TestDatabase) {
    database.create_entries(7).await;
    let (sessions, pool) = pool(database, true, 1).await;
    let mut batches = Entry::batch_iter(&pool).batch_size(2);
    let mut entries = Vec::new();
    for _ in 0..4 {
        wait_for_idle(&pool).await;
        kill_and_wait(database, &sessions.newest(0).unwrap()).await;
        entries.extend(batches.try_next().await.unwrap().unwrap());
    }
    assert_eq!(entries, Entry::first(7));
    pool.close().await;
}
