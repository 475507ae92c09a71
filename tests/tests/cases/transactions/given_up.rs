//! Whatever is dropped, and wherever: no row is lost, no lock stays, and no connection stays in a
//! transaction.

use std::time::Duration;

use futures_util::{FutureExt as _, TryStreamExt as _};
use sqlx::Pool;
use sqlx_chunked::Open;
use tokio::time::timeout;

use super::{by_id, hit, hit_all, hit_next, hits};
use crate::{
    Db,
    cases::{
        abandoned::{after_polls, soon},
        writes::{create, ids},
    },
    harness::TestDatabase,
};

tests! {
    a_pool_of_one,
    the_callers_own_transactions,
    waits,
    waits_by_time,
    never_polled_again,
    iterations,
    commits,
    iterations_before_their_batch,
    leaked,
    runtimes_that_shut_down,
}

const ROWS: i64 = 11;

/// The connection is in no transaction, and nobody else has a lock.
async fn is_free(pool: &Pool<Db>) {
    let mut transaction = soon(pool.begin()).await.unwrap();
    let write = sqlx::query("UPDATE tasks SET b = b").execute(&mut *transaction);
    soon(write).await.unwrap();
    soon(transaction.rollback()).await.unwrap();
}

async fn a_pool_of_one(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(1);
    let mut batches = by_id(&pool).transactional();
    for way in 0.. {
        let Some(Open { batch, mut transaction, .. }) = soon(batches.try_next()).await.unwrap()
        else {
            break;
        };
        for task in &batch {
            hit(&mut transaction, task.id).await;
        }
        if way % 2 == 0 {
            drop(transaction);
        } else {
            transaction.commit().await.unwrap();
        }
        is_free(&pool).await;
    }
    assert_eq!(hits(database).await, [1]);
    pool.close().await;
}

/// The pool has no connection left: that is an error, and later the batch comes.
async fn the_callers_own_transactions(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(2);
    let mut batches = by_id(&pool).transactional();
    let own = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
    assert!(batches.try_next().now_or_never().is_none());
    drop(own);
    assert_eq!(soon(hit_next(&mut batches)).await.unwrap(), [1, 2, 3, 4]);
    soon(hit_all(batches)).await;
    assert_eq!(hits(database).await, [1]);
    pool.close().await;
}

/// Every wait is given up after every number of polls.
async fn waits(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(1);
    let mut given_up = 0_u32;
    for patience in 1..30 {
        let mut batches = by_id(&pool).transactional();
        let mut read = Vec::new();
        loop {
            let Some(next) = after_polls(patience, batches.try_next()).await else {
                given_up += 1;
                // That rolls the batch back, so it must become rarer.
                if given_up.is_power_of_two() {
                    is_free(&pool).await;
                }
                continue;
            };
            let Some(Open { batch, mut transaction, .. }) = next.unwrap() else { break };
            for task in &batch {
                hit(&mut transaction, task.id).await;
            }
            transaction.commit().await.unwrap();
            read.extend(batch.iter().map(|task| task.id));
        }
        assert_eq!(read, (1..=ROWS).collect::<Vec<_>>());
        assert_eq!(hits(database).await, [1]);
        database.execute("UPDATE tasks SET hits = 0").await;
    }
    assert!(given_up > 0);
    pool.close().await;
}

async fn waits_by_time(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(1);
    for micros in (0..600).step_by(60) {
        let mut batches = by_id(&pool).transactional();
        let wait = Duration::from_micros(micros);
        loop {
            let Ok(next) = timeout(wait, batches.try_next()).await else { continue };
            let Some(Open { batch, mut transaction, .. }) = next.unwrap() else { break };
            for task in &batch {
                hit(&mut transaction, task.id).await;
            }
            // A commit that nobody waited for is one all the same.
            let _done = timeout(wait, transaction.commit()).await;
        }
        assert_eq!(hits(database).await, [1], "{micros}");
        database.execute("UPDATE tasks SET hits = 0").await;
    }
    pool.close().await;
}

/// A batch that nobody takes is rolled back without a poll.
async fn never_polled_again(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(1);
    for polls in 1..20 {
        let mut batches = by_id(&pool).transactional().update(|t| t.hits.set(1));
        if after_polls(polls, batches.try_next()).await.is_none() {
            is_free(&pool).await;
            assert_eq!(ids(database, "WHERE hits = 1").await.len(), 0);
        }
        drop(batches);
    }
    pool.close().await;
}

async fn iterations(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(1);
    for patience in 0..60 {
        let mut batches = by_id(&pool).transactional();
        for _ in 0..patience % 3 {
            if let Some(open) = after_polls(40, batches.try_next()).await {
                open.unwrap().unwrap().transaction.commit().await.unwrap();
            }
        }
        drop(after_polls(patience / 3, batches.try_next()).await);
        drop(batches);
        is_free(&pool).await;
    }
    assert_eq!(pool.size(), 1);
    pool.close().await;
}

/// A commit that was begun is done, and the iteration knows.
async fn commits(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(1);
    for patience in 0..12 {
        let mut batches = by_id(&pool).transactional();
        loop {
            let Some(Open { batch, mut transaction, .. }) = soon(batches.try_next()).await.unwrap()
            else {
                break;
            };
            for task in &batch {
                hit(&mut transaction, task.id).await;
            }
            let polled = if read_once(&mut batches).await { patience.max(1) } else { 30 };
            let _done = after_polls(polled, transaction.commit()).await;
        }
        assert_eq!(hits(database).await, [1], "{patience}");
        database.execute("UPDATE tasks SET hits = 0").await;
    }
    pool.close().await;
}

/// A poll while a batch is open is an error.
async fn read_once(batches: &mut super::InTransactions) -> bool {
    let error = batches.try_next().await.unwrap_err();
    assert!(matches!(error, sqlx_chunked::Error::StillOpen { .. }), "{error}");
    true
}

/// The batch outlives its iteration, and can be committed or not.
async fn iterations_before_their_batch(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(1);
    for commits in [false, true] {
        let mut batches = by_id(&pool).transactional();
        let Open { batch, mut transaction, .. } = batches.try_next().await.unwrap().unwrap();
        drop(batches);
        for task in &batch {
            hit(&mut transaction, task.id).await;
        }
        if commits {
            transaction.commit().await.unwrap();
        } else {
            drop(transaction);
        }
        is_free(&pool).await;
        let expected = if commits { vec![1, 2, 3, 4] } else { vec![] };
        assert_eq!(ids(database, "WHERE hits = 1 ORDER BY id").await, expected);
    }
    pool.close().await;
}

/// A transaction that is never dropped stays open, and no other batch is handed out.
async fn leaked(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(2);
    let mut batches = by_id(&pool).transactional();
    let open = batches.try_next().await.unwrap().unwrap();
    for _ in 0..3 {
        read_once(&mut batches).await;
    }
    drop(open);
    assert_eq!(soon(hit_next(&mut batches)).await.unwrap(), [1, 2, 3, 4]);
    drop(batches);
    pool.close().await;
}

/// The runtime ends while a transaction is open, or was just dropped.
async fn runtimes_that_shut_down(database: &TestDatabase) {
    create(database, ROWS).await;
    for outlives in [false, true] {
        let options = database.options();
        let work = move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let pool =
                    sqlx::pool::PoolOptions::<Db>::new().connect_with(options).await.unwrap();
                let mut batches = by_id(&pool).transactional();
                let mut open = batches.try_next().await.unwrap().unwrap();
                hit(&mut open.transaction, 1).await;
                if outlives {
                    tokio::spawn(async move {
                        std::future::pending::<()>().await;
                        drop(open);
                    });
                } else {
                    drop(open);
                }
            });
        };
        tokio::task::spawn_blocking(work).await.unwrap();
        is_free(database.pool()).await;
        assert_eq!(hits(database).await, [0]);
    }
}
