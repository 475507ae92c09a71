//! Other writers in the way of a batch of writes: the error says what they did, and the next poll does
//! the batch again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use futures_util::TryStreamExt as _;
use sqlx::{Database, Executor as _, pool::PoolOptions};
use sqlx_chunked::{Error, Writes};

use super::others;
use crate::{
    Db,
    cases::writes::{Task, create, ids},
    dialect::LOCK_TIMEOUT,
    harness::TestDatabase,
};

tests! { deadlocks, deadlocks_in_transactions, lock_timeouts, more_and_more_rows }

/// Hits all rows in one batch.
fn hit(pool: &sqlx::Pool<Db>) -> Writes<'static, Task, Db> {
    Task::batch_iter(pool).update(|t| {
        t.hits.set_sql(|q| {
            q.push("hits + 1");
        })
    })
}

async fn hits(database: &TestDatabase) -> Vec<i64> {
    let sql = "SELECT DISTINCT hits FROM tasks";
    sqlx::query_scalar(sql).fetch_all(database.pool()).await.unwrap()
}

/// Creates 20 rows, of which another session has written row 10.
async fn create_with_other(database: &TestDatabase) -> <Db as Database>::Connection {
    create(database, 20).await;
    let mut other = others::heavy(database).await;
    (&mut other).execute("UPDATE tasks SET a = 70 WHERE id = 10").await.unwrap();
    other
}

/// The batch has written row 1 and waits for row 10, which another session has that waits for row 1.
async fn deadlocks(database: &TestDatabase) {
    let mut other = create_with_other(database).await;
    let mut writes = hit(database.pool());
    let wait = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        (&mut other).execute("UPDATE tasks SET a = 71 WHERE id = 1").await.unwrap();
        (&mut other).execute("COMMIT").await.unwrap();
    };
    let (first, ()) = tokio::join!(writes.try_next(), wait);
    let error = first.unwrap_err();
    let Error::Write { hint: Some(hint), .. } = &error else { panic!("{error:?}") };
    assert!(hint.contains("waited for each other"), "{error}");
    assert_eq!(hits(database).await, [0]);
    assert_eq!(writes.try_next().await.unwrap().unwrap().rows_affected(), 20);
    assert!(writes.try_next().await.unwrap().is_none());
    assert_eq!(hits(database).await, [1]);
    assert_eq!(ids(database, "WHERE a >= 70 ORDER BY id").await, [1, 10]);
}

/// The same in transactions that the caller commits. The batch may be back at row 9 before the other
/// session has woken up: then they wait for each other once more.
async fn deadlocks_in_transactions(database: &TestDatabase) {
    let mut other = create_with_other(database).await;
    let mut writes = Task::batch_iter(database.pool()).batch_size(8).transactional().update(|t| {
        t.hits.set_sql(|q| {
            q.push("hits + 1");
        })
    });
    let mut committed = 0;
    let mut errors = 0;
    let wait = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        (&mut other).execute("UPDATE tasks SET a = 71 WHERE id = 9").await.unwrap();
        (&mut other).execute("COMMIT").await.unwrap();
    };
    let write = async {
        loop {
            match writes.try_next().await {
                Ok(Some(open)) => {
                    committed += open.batch.rows_affected();
                    open.transaction.commit().await.unwrap();
                }
                Ok(None) => break,
                Err(Error::Write { hint: Some(hint), .. })
                    if hint.contains("waited for each other") =>
                {
                    errors += 1;
                }
                Err(error) => panic!("{error:?}"),
            }
        }
    };
    tokio::join!(write, wait);
    assert_eq!(committed, 20);
    assert!(errors > 0);
    assert_eq!(hits(database).await, [1]);
    assert_eq!(ids(database, "WHERE a >= 70 ORDER BY id").await, [9, 10]);
}

/// 1205 rolls back one statement on MariaDB, and everything on PostgreSQL: the batch is done again as a
/// whole.
async fn lock_timeouts(database: &TestDatabase) {
    create(database, 20).await;
    let pool = PoolOptions::<Db>::new().max_connections(1).after_connect(|connection, _| {
        Box::pin(async move { connection.execute(LOCK_TIMEOUT).await.map(|_| ()) })
    });
    let pool = pool.connect_with(database.options()).await.unwrap();
    let mut other = database.connect().await;
    (&mut other).execute("BEGIN").await.unwrap();
    (&mut other).execute("UPDATE tasks SET a = 70 WHERE id = 10").await.unwrap();
    let mut writes = hit(&pool);
    for _ in 0..2 {
        let error = writes.try_next().await.unwrap_err();
        let Error::Write { hint: Some(hint), .. } = &error else { panic!("{error:?}") };
        assert!(hint.contains("longer than the time-out"), "{error}");
        assert_eq!(hits(database).await, [0]);
    }
    (&mut other).execute("COMMIT").await.unwrap();
    assert_eq!(writes.try_next().await.unwrap().unwrap().rows_affected(), 20);
    assert_eq!(hits(database).await, [1]);
    pool.close().await;
}

/// Others insert a row into each range after its end was found, so that each attempt writes more rows
/// than the limit leaves. As soon as they stop, the batch is done.
async fn more_and_more_rows(database: &TestDatabase) {
    create(database, 20).await;
    database.execute("UPDATE tasks SET id = id + 1000").await;
    let options = database.options();
    let inserting = Arc::new(AtomicBool::new(true));
    let inserted = Arc::new(AtomicI64::new(0));
    let (goes_on, counted) = (Arc::clone(&inserting), Arc::clone(&inserted));
    let mut writes = Task::batch_iter(database.pool())
        .limit(4)
        .filter_sql(move |q| {
            if q.sql().as_str().starts_with("UPDATE") && goes_on.load(Ordering::Relaxed) {
                let number = counted.fetch_add(1, Ordering::Relaxed);
                let (id, b) = (1000 - number, 2000 + number);
                let sql = format!("INSERT INTO tasks VALUES ({id}, 9, {b}, NULL, '', 0, NULL)");
                assert!(others::execute(&options, sql));
            }
            q.push("1 = 1");
        })
        .update(|t| {
            t.hits.set_sql(|q| {
                q.push("hits + 1");
            })
        });
    let error = writes.try_next().await.unwrap_err();
    assert!(matches!(error, Error::OverLimit { .. }), "{error:?}");
    let attempts = inserted.load(Ordering::Relaxed);
    assert!(attempts > 1, "it was tried {attempts} times");
    assert_eq!(hits(database).await, [0]);
    inserting.store(false, Ordering::Relaxed);
    assert_eq!(writes.try_next().await.unwrap().unwrap().rows_affected(), 4);
    assert!(writes.try_next().await.unwrap().is_none());
    let first: Vec<_> = (1001 - attempts..).take(4).collect();
    assert_eq!(ids(database, "WHERE hits = 1 ORDER BY id").await, first);
    assert_eq!(ids(database, "WHERE hits > 1").await.len(), 0);
}
