//! A `try_next()` that is dropped while it waits, for a connection or for rows, keeps nothing from
//! the next user of the pool, even if nobody polls the iteration again.

use std::{future::Future, time::Duration};

use futures_util::{FutureExt as _, TryStreamExt as _};
use sqlx::Pool;
use tokio::{task::yield_now, time::timeout};

use crate::{
    Db,
    dialect::BIGINT,
    harness::{Entry, TestDatabase},
};

tests! {
    a_place_in_the_queue,
    a_query_under_way,
    iterations_that_are_dropped,
    owned_sources_that_are_dropped,
    on_one_thread,
}

const COUNT: i64 = 25;

/// Fails if the work takes longer than anyone should wait.
pub(crate) async fn soon<T>(work: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(5), work).await.expect("the pool has a connection to give")
}

async fn uses_the_pool(pool: &Pool<Db>) {
    let mut connection = soon(pool.acquire()).await.unwrap();
    let counted = sqlx::query_scalar::<Db, i64>("SELECT COUNT(*) FROM entries");
    assert_eq!(soon(counted.fetch_one(&mut *connection)).await.unwrap(), COUNT);
}

async fn a_place_in_the_queue(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool_of(1);
    for ahead in [0, 1, 2] {
        for batch_size in [1, 10, 100] {
            let mut rows = Entry::iter(&pool).batch_size(batch_size).read_ahead(ahead);
            let taken = pool.acquire().await.unwrap();
            assert!(rows.try_next().now_or_never().is_none());
            drop(taken);
            uses_the_pool(&pool).await;
            assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), Entry::first(COUNT));
        }
    }
    pool.close().await;
}

/// Every query is given up after every number of polls until it completes. The test prints how
/// often that was.
async fn a_query_under_way(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool_of(1);
    let mut given_up = 0;
    for ahead in [0, 1, 2] {
        for patience in 1..40 {
            let mut rows = Entry::iter(&pool).batch_size(9).read_ahead(ahead);
            let mut read = Vec::new();
            loop {
                let Some(next) = after_polls(patience, rows.try_next()).await else {
                    given_up += 1;
                    uses_the_pool(&pool).await;
                    continue;
                };
                let Some(row) = next.unwrap() else { break };
                read.push(row);
            }
            assert_eq!(read, Entry::first(COUNT));
        }
    }
    println!("given up {given_up} times");
    assert!(given_up > 0);
    pool.close().await;
}

/// Polls a future this many times, and returns its output, if any.
pub(crate) async fn after_polls<F: Future>(polls: u32, future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    for _ in 0..polls {
        if let Some(output) = future.as_mut().now_or_never() {
            return Some(output);
        }
        yield_now().await;
    }
    None
}

async fn iterations_that_are_dropped(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool_of(2);
    for ahead in [0, 1, 2] {
        for patience in 0..150 {
            // Half of the time, a text that is not prepared yet.
            let text = if patience % 2 == 0 { 0 } else { patience };
            let mut rows = Entry::iter(&pool).batch_size(9).read_ahead(ahead);
            rows = rows.filter_sql(move |q| {
                q.push(format!("{text} = {text}"));
            });
            for _ in 0..patience % 3 {
                let _row = after_polls(40, rows.try_next()).await;
            }
            let _pending = after_polls(patience / 3, rows.try_next()).await;
            drop(rows);
            uses_the_pool(&pool).await;
            assert!(pool.size() <= 2);
        }
    }
    // Nothing was lost on the way: both connections are available at once.
    let both = (soon(pool.acquire()).await.unwrap(), soon(pool.acquire()).await.unwrap());
    drop(both);
    pool.close().await;
}

/// Their connections go back to the pool, and are in no transaction any more.
async fn owned_sources_that_are_dropped(database: &TestDatabase) {
    database.create_entries(COUNT).await;
    let pool = database.pool_of(1);
    for ahead in [0, 1, 2] {
        for patience in 0..100 {
            let rows = if patience % 2 == 0 {
                Entry::iter(soon(pool.acquire()).await.unwrap())
            } else {
                let mut transaction = soon(pool.begin()).await.unwrap();
                let delete = "DELETE FROM entries WHERE id = 1";
                sqlx::query(delete).execute(&mut *transaction).await.unwrap();
                Entry::iter(transaction)
            };
            let mut rows = rows.batch_size(9).read_ahead(ahead);
            for _ in 0..patience % 3 {
                let _row = after_polls(40, rows.try_next()).await;
            }
            let _pending = after_polls(patience / 3, rows.try_next()).await;
            drop(rows);
            uses_the_pool(&pool).await;
        }
    }
    pool.close().await;
}

/// In a runtime in which nothing runs in the background.
async fn on_one_thread(database: &TestDatabase) {
    database.execute(format!("CREATE TABLE other (id {BIGINT})")).await;
    database.create_entries(COUNT).await;
    let options = database.options();
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let pool = sqlx::pool::PoolOptions::<Db>::new()
                .max_connections(1)
                .connect_with(options)
                .await
                .unwrap();
            for ahead in [0, 1, 2] {
                let mut rows = Entry::iter(&pool).batch_size(4).read_ahead(ahead);
                let taken = pool.acquire().await.unwrap();
                assert!(rows.try_next().now_or_never().is_none());
                drop(taken);
                uses_the_pool(&pool).await;
                for patience in 1..10 {
                    let _given_up = after_polls(patience, rows.try_next()).await;
                    uses_the_pool(&pool).await;
                }
            }
            pool.close().await;
        });
    };
    tokio::task::spawn_blocking(work).await.unwrap();
}
