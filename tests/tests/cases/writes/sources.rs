//! Writes from every source, and what is left of them if they are dropped.

use std::{pin::Pin, time::Duration};

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use sqlx::{AssertSqlSafe, Connection as _};
use sqlx_chunked::{Error, Source, Writes};

use super::{Task, create, ids};
use crate::{Db, harness::TestDatabase};

tests! { every_source, in_the_callers_transaction, begun_by_sql, a_pool_of_one, dropped, waits_given_up }

const ROWS: i64 = 11;

fn hits<'s>(source: impl Source<'s, Database = Db>) -> Writes<'s, Task, Db> {
    Task::batch_iter(source).batch_size(4).update(|t| {
        t.hits.set_sql(|q| {
            q.push("hits + 1");
        })
    })
}

async fn written(database: &TestDatabase, times: i64) -> usize {
    ids(database, &format!("WHERE hits = {times}")).await.len()
}

async fn every_source(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool();
    assert_eq!(hits(pool).total().await.unwrap(), 11);
    assert_eq!(hits(pool.clone()).total().await.unwrap(), 11);
    assert_eq!(hits(pool.acquire().await.unwrap()).total().await.unwrap(), 11);
    let mut connection = pool.acquire().await.unwrap();
    assert_eq!(hits(&mut connection).total().await.unwrap(), 11);
    assert_eq!(hits(&mut *connection).total().await.unwrap(), 11);
    drop(connection);
    assert_eq!(written(database, 5).await, 11);
    // A transaction that was passed by value is rolled back, as it is elsewhere.
    assert_eq!(hits(pool.begin().await.unwrap()).total().await.unwrap(), 11);
    assert_eq!(written(database, 5).await, 11);
}

/// Each batch is a savepoint: if it fails, only that batch is rolled back.
async fn in_the_callers_transaction(database: &TestDatabase) {
    create(database, ROWS).await;
    let mut transaction = database.pool().begin().await.unwrap();
    assert_eq!(hits(&mut transaction).total().await.unwrap(), 11);
    let mut wrong = Task::batch_iter(&mut transaction).update(|t| {
        t.hits.set_sql(|q| {
            q.push("NULL");
        })
    });
    for _ in 0..2 {
        assert!(matches!(wrong.try_next().await, Err(Error::Write { .. })));
    }
    drop(wrong);
    assert_eq!(hits(&mut transaction).total().await.unwrap(), 11);
    transaction.commit().await.unwrap();
    assert_eq!(written(database, 2).await, 11);
    let mut transaction = database.pool().begin().await.unwrap();
    assert_eq!(hits(&mut transaction).total().await.unwrap(), 11);
    transaction.rollback().await.unwrap();
    assert_eq!(written(database, 2).await, 11);
}

/// sqlx would begin another transaction, which commits the first on MariaDB.
async fn begun_by_sql(database: &TestDatabase) {
    create(database, ROWS).await;
    let mut connection = database.connect().await;
    sqlx::raw_sql("BEGIN").execute(&mut connection).await.unwrap();
    let change = AssertSqlSafe("UPDATE tasks SET hits = 7 WHERE id = 1");
    sqlx::raw_sql(change).execute(&mut connection).await.unwrap();
    hits(&mut connection).total().await.unwrap_err();
    sqlx::raw_sql("ROLLBACK").execute(&mut connection).await.unwrap();
    assert_eq!(written(database, 0).await, 11);
    connection.close().await.unwrap();
}

async fn a_pool_of_one(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(1);
    let mut writes = hits(&pool);
    while writes.try_next().await.unwrap().is_some() {
        // The connection is free between two batches.
        sqlx::query("SELECT 1").execute(&pool).await.unwrap();
    }
    assert_eq!(written(database, 1).await, 11);
    pool.close().await;
}

/// Whole batches are written or none, and no connection stays in a transaction.
async fn dropped(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(1);
    for polls in 1..=12 {
        let mut writes = hits(&pool);
        for _ in 0..polls {
            // Polled once; its work goes on in the background.
            if writes.next().now_or_never().is_none() {
                tokio::task::yield_now().await;
            }
        }
        drop(writes);
        let open: Vec<i64> = {
            let sql = "SELECT id FROM tasks WHERE hits > 0";
            sqlx::query_scalar(sql).fetch_all(&pool).await.unwrap()
        };
        assert!([0, 4, 8, 11].contains(&open.len()), "{open:?}");
        assert_eq!(ids(database, "WHERE hits > 0").await.len(), open.len());
        database.execute("UPDATE tasks SET hits = 0").await;
    }
    pool.close().await;
}

/// A caller that stops waiting again and again still has every row written once.
async fn waits_given_up(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool_of(1);
    for micros in (0..400).step_by(20) {
        let mut writes = hits(&pool);
        let mut rows = 0;
        loop {
            let wait = Duration::from_micros(micros);
            match tokio::time::timeout(wait, Pin::new(&mut writes).next()).await {
                Ok(Some(written)) => rows += written.unwrap().rows_affected(),
                Ok(None) => break,
                Err(_) => {}
            }
        }
        assert_eq!(rows, 11);
        assert_eq!(written(database, 1).await, 11);
        database.execute("UPDATE tasks SET hits = 0").await;
    }
    pool.close().await;
}
