//! What goes wrong in a transaction: nothing is committed then, and the batch comes again.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;
use sqlx::Connection as _;
use sqlx_chunked::{Chunked, Error, Open};
use sqlx_chunked_tests::Report as _;

use super::{by_id, hit, hit_all, hits};
use crate::{
    cases::{
        abandoned::after_polls,
        writes::{Task, create, ids},
    },
    dialect::BIGINT,
    harness::TestDatabase,
};

tests! {
    a_statement_that_failed,
    ended_by_hand,
    savepoints,
    a_table_that_is_not_there,
    rows_that_do_not_decode,
    rolled_back_again_and_again,
    a_panic,
}

/// The program goes on after an error, and commits. On PostgreSQL nothing is committed then.
async fn a_statement_that_failed(database: &TestDatabase) {
    create(database, 6).await;
    let mut batches = by_id(database.pool()).transactional();
    let Open { batch, mut transaction, .. } = batches.try_next().await.unwrap().unwrap();
    for task in &batch {
        hit(&mut transaction, task.id).await;
    }
    let wrong = "UPDATE tasks SET hits = NULL WHERE id = 1";
    sqlx::query(wrong).execute(&mut *transaction).await.unwrap_err();
    match transaction.commit().await {
        // The database rolled back that statement alone.
        Ok(()) => assert_eq!(ids(database, "WHERE hits = 1").await.len(), 4),
        Err(error) => {
            assert!(error.report().contains("aborted"), "{}", error.report());
            assert!(matches!(error, Error::Write { .. }), "{error:?}");
            assert_eq!(ids(database, "WHERE hits = 1").await.len(), 0);
        }
    }
    hit_all(batches).await;
    assert_eq!(hits(database).await, [1]);
}

/// A transaction that the program ended by SQL is never taken for a commit of this one.
async fn ended_by_hand(database: &TestDatabase) {
    create(database, 6).await;
    let pool = database.pool_of(1);
    let mut batches = by_id(&pool).transactional();
    let Open { batch, mut transaction, .. } = batches.try_next().await.unwrap().unwrap();
    for task in &batch {
        hit(&mut transaction, task.id).await;
    }
    sqlx::raw_sql("ROLLBACK").execute(&mut *transaction).await.unwrap();
    let error = transaction.commit().await;
    assert_eq!(ids(database, "WHERE hits = 1").await.len(), 0);
    assert!(matches!(error, Err(Error::Write { .. })), "{error:?}");
    hit_all(batches).await;
    assert_eq!(hits(database).await, [1]);
    // The connection is not left in a state where `begin` makes a savepoint.
    let transaction = pool.begin().await.unwrap();
    transaction.rollback().await.unwrap();
    pool.close().await;
}

/// Savepoints are the program's own; one that is given up while it is begun lets sqlx roll back all.
async fn savepoints(database: &TestDatabase) {
    create(database, 12).await;
    let pool = database.pool_of(1);
    let mut batches = by_id(&pool).transactional();
    let Open { mut transaction, .. } = batches.try_next().await.unwrap().unwrap();
    hit(&mut transaction, 1).await;
    let mut savepoint = transaction.begin().await.unwrap();
    sqlx::query("UPDATE tasks SET hits = 7").execute(&mut *savepoint).await.unwrap();
    savepoint.rollback().await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(hits(database).await, [0, 1]);

    let Open { mut transaction, .. } = batches.try_next().await.unwrap().unwrap();
    hit(&mut transaction, 5).await;
    let begun = after_polls(1, transaction.begin()).await;
    let is_given_up = begun.is_none();
    drop(begun);
    let committed = transaction.commit().await;
    if is_given_up {
        assert!(matches!(committed, Err(Error::Write { .. })), "{committed:?}");
        let Open { batch, transaction, .. } = batches.try_next().await.unwrap().unwrap();
        assert_eq!(batch[0].id, 5);
        transaction.rollback().await.unwrap();
    }
    // One that is never ended.
    let Open { mut transaction, .. } = batches.try_next().await.unwrap().unwrap();
    std::mem::forget(transaction.begin().await.unwrap());
    let error = transaction.commit().await.unwrap_err();
    assert!(error.report().contains("savepoint"), "{}", error.report());
    pool.begin().await.unwrap().rollback().await.unwrap();
    pool.close().await;
}

#[derive(Chunked, Debug)]
#[chunked(table = "nowhere")]
struct Nowhere {
    #[chunk_key]
    #[chunked(primary_key)]
    #[expect(dead_code, reason = "there are no rows")]
    id: i64,
}

async fn a_table_that_is_not_there(database: &TestDatabase) {
    let pool = database.pool_of(1);
    let mut batches = Nowhere::batch_iter(&pool).transactional();
    for _ in 0..2 {
        assert!(matches!(batches.try_next().await.unwrap_err(), Error::Query { .. }));
    }
    let mut writes = Nowhere::batch_iter(&pool).transactional().delete();
    for _ in 0..2 {
        writes.try_next().await.unwrap_err();
    }
    database.execute(format!("CREATE TABLE nowhere (id {BIGINT} NOT NULL PRIMARY KEY)")).await;
    assert!(batches.try_next().await.unwrap().is_none());
    pool.close().await;
}

#[derive(Chunked, Debug)]
#[chunked(table = "tasks")]
struct Short {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[sqlx(try_from = "i64")]
    #[expect(dead_code, reason = "decoding it is enough")]
    hits: u8,
}

/// The rows before it come as a shorter batch, whose transaction can be committed.
async fn rows_that_do_not_decode(database: &TestDatabase) {
    create(database, 6).await;
    database.execute("UPDATE tasks SET hits = 999 WHERE id = 3").await;
    let mut batches = Short::batch_iter(database.pool()).batch_size(4).transactional();
    let Open { batch, transaction, .. } = batches.try_next().await.unwrap().unwrap();
    assert_eq!(batch.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2]);
    transaction.commit().await.unwrap();
    for _ in 0..2 {
        assert!(matches!(batches.try_next().await.unwrap_err(), Error::Decode { .. }));
    }
    database.execute("UPDATE tasks SET hits = 9 WHERE id = 3").await;
    let Open { batch, transaction, .. } = batches.try_next().await.unwrap().unwrap();
    assert_eq!(batch.iter().map(|row| row.id).collect::<Vec<_>>(), [3, 4, 5, 6]);
    transaction.commit().await.unwrap();
    assert!(batches.try_next().await.unwrap().is_none());
}

/// From the second time on, the next poll waits: 50, 100, 200 ms.
async fn rolled_back_again_and_again(database: &TestDatabase) {
    create(database, 6).await;
    let mut batches = by_id(database.pool()).transactional();
    let started = Instant::now();
    for _ in 0..4 {
        let open = batches.try_next().await.unwrap().unwrap();
        open.transaction.rollback().await.unwrap();
    }
    batches.try_next().await.unwrap().unwrap().transaction.commit().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(350), "{:?}", started.elapsed());
    let started = Instant::now();
    hit_all(batches).await;
    assert!(started.elapsed() < Duration::from_millis(350), "{:?}", started.elapsed());
}

/// The connection that was in a transaction does not go back to the pool like that.
async fn a_panic(database: &TestDatabase) {
    create(database, 6).await;
    let pool = database.pool_of(1);
    let work = async {
        let mut batches = Task::batch_iter(&pool).transactional();
        batches = batches.filter_sql(|_| panic!("a filter's"));
        batches.try_next().await
    };
    let panicked = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(work)).await;
    assert!(panicked.is_err());
    let transaction = pool.begin().await.unwrap();
    transaction.rollback().await.unwrap();
    hit_all(by_id(&pool).transactional()).await;
    pool.close().await;
}
