//! Locks that are refused, before anything is sent or by the server.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use sqlx::{Executor as _, Pool, pool::PoolOptions};
use sqlx_chunked::{Chunked, Error};
use sqlx_chunked_tests::{Report as _, statements::record};

use super::Joined;
use crate::{
    Db,
    cases::writes::{Task, create, hit_row},
    dialect::LOCK_TIMEOUT,
    harness::TestDatabase,
    server,
    servers::others,
};

tests! {
    held_by_nothing,
    read_ahead,
    queries,
    joined_rows_that_are_skipped,
    late,
    no_wait,
    timeouts,
    deadlocks,
    a_transaction_that_is_over,
}

async fn held_by_nothing(database: &TestDatabase) {
    create(database, 3).await;
    let refused = |error: Error| {
        let report = error.report();
        assert!(report.contains("`for_share` cannot be used"), "{report}");
        assert!(report.contains("a lock ends with its transaction"), "{report}");
    };
    let ((), statements) = record("tasks", async {
        let pool = database.pool();
        let mut rows = Task::iter(pool).for_share();
        for _ in 0..2 {
            refused(rows.try_next().await.unwrap_err());
        }
        refused(Task::batch_iter(pool).up_to_now().for_share().try_next().await.unwrap_err());
        refused(Task::batch_iter(pool).for_share().page().await.unwrap_err());
        let mut connection = pool.acquire().await.unwrap();
        refused(Task::iter(&mut connection).for_share().try_next().await.unwrap_err());
        refused(Task::iter(&mut *connection).for_share().try_next().await.unwrap_err());
        refused(Task::iter(connection).for_share().try_next().await.unwrap_err());
    })
    .await;
    assert_eq!(statements, []);
    // What is counted is not locked.
    assert_eq!(Task::iter(database.pool()).for_share().count().await.unwrap(), 3);
}

async fn read_ahead(database: &TestDatabase) {
    create(database, 3).await;
    let ((), statements) = record("tasks", async {
        let transaction = || async { database.pool().begin().await.unwrap() };
        let mut before = Task::iter(transaction().await).read_ahead(1).for_update();
        let mut after = Task::iter(transaction().await).for_update().read_ahead(1);
        for rows in [&mut before, &mut after] {
            let report = rows.try_next().await.unwrap_err().report();
            assert!(report.contains("`for_update` cannot be used"), "{report}");
            assert!(report.contains("`read_ahead` is set"), "{report}");
        }
    })
    .await;
    assert_eq!(statements, []);
}

#[derive(Chunked, Debug)]
#[expect(dead_code, reason = "its rows are only locked")]
#[chunked(table = "some", query = "SELECT id FROM tasks WHERE a = 1")]
struct Some {
    #[chunk_key]
    #[chunked(unique)]
    id: i64,
}

async fn queries(database: &TestDatabase) {
    create(database, 9).await;
    let ((), statements) = record("tasks", async {
        let mut batches = Some::batch_iter(database.pool()).for_update().transactional();
        let report = batches.try_next().await.unwrap_err().report();
        assert!(report.contains("its rows are those of a `query`"), "{report}");
    })
    .await;
    assert_eq!(statements, []);
}

/// Where joined rows are locked as well, others may have them.
async fn joined_rows_that_are_skipped(database: &TestDatabase) {
    create(database, 9).await;
    let rows = Joined::batch_iter(database.pool()).for_update().skip_locked();
    let open = rows.transactional().try_next().await;
    if server::LOCKS_JOINED_ROWS {
        let report = open.unwrap_err().report();
        assert!(report.contains("`skip_locked` cannot be used"), "{report}");
    } else {
        assert_eq!(open.unwrap().unwrap().batch.len(), 9);
    }
}

async fn late(database: &TestDatabase) {
    create(database, 3).await;
    let mut transaction = database.pool().begin().await.unwrap();
    let mut rows = Task::iter(&mut transaction);
    rows.try_next().await.unwrap();
    let error = rows.for_update().try_next().await.unwrap_err();
    assert!(matches!(error, Error::Started { method: "for_update", .. }), "{error}");
}

/// The third row is locked by another session.
async fn no_wait(database: &TestDatabase) {
    create(database, 6).await;
    let mut other = database.connect().await;
    (&mut other).execute("BEGIN").await.unwrap();
    (&mut other).execute("UPDATE tasks SET hits = 7 WHERE id = 3").await.unwrap();
    let mut batches =
        Task::batch_iter(database.pool()).batch_size(2).for_update().no_wait().transactional();
    let open = batches.try_next().await.unwrap().unwrap();
    open.transaction.commit().await.unwrap();
    let error = batches.try_next().await.unwrap_err();
    let Error::Query { hint: Some(hint), .. } = &error else { panic!("{error:?}") };
    assert!(hint.contains("longer than this one may wait"), "{error}");
    (&mut other).execute("COMMIT").await.unwrap();
    let open = batches.try_next().await.unwrap().unwrap();
    let rows: Vec<_> = open.batch.iter().map(|task| (task.id, task.hits)).collect();
    assert_eq!(rows, [(3, 7), (4, 0)]);
}

async fn timeouts(database: &TestDatabase) {
    create(database, 6).await;
    let pool = PoolOptions::<Db>::new().after_connect(|connection, _| {
        Box::pin(async move { connection.execute(LOCK_TIMEOUT).await.map(|_| ()) })
    });
    let pool: Pool<Db> = pool.connect_with(database.options()).await.unwrap();
    let mut other = database.connect().await;
    (&mut other).execute("BEGIN").await.unwrap();
    (&mut other).execute("UPDATE tasks SET hits = 7 WHERE id = 3").await.unwrap();
    let mut batches = Task::batch_iter(&pool).batch_size(4).for_update().transactional();
    let error = batches.try_next().await.unwrap_err();
    let Error::Query { hint: Some(hint), .. } = &error else { panic!("{error:?}") };
    assert!(hint.contains("longer than this one may wait"), "{error}");
    (&mut other).execute("COMMIT").await.unwrap();
    let open = batches.try_next().await.unwrap().unwrap();
    assert_eq!(open.batch.len(), 4);
    assert_eq!(open.batch[2].hits, 7);
    drop(open);
    drop(batches);
    pool.close().await;
}

/// Creates 6 rows, and another session that has row 5 and has written more than a batch does.
async fn create_with_other(database: &TestDatabase) -> <Db as sqlx::Database>::Connection {
    create(database, 6).await;
    let mut other = others::heavy(database).await;
    hit_row(&mut other, 5).await.unwrap();
    other
}

/// Waits for row 1, which a batch has locked.
async fn wait_for_the_first(other: &mut <Db as sqlx::Database>::Connection) {
    tokio::time::sleep(Duration::from_millis(300)).await;
    hit_row(other, 1).await.unwrap();
    (&mut *other).execute("COMMIT").await.unwrap();
}

/// The batch has locked row 1 and waits for row 5, which another session has that waits for row 1.
async fn deadlocks(database: &TestDatabase) {
    let mut other = create_with_other(database).await;
    let mut batches = Task::batch_iter(database.pool()).for_update().transactional();
    let (first, ()) = tokio::join!(batches.try_next(), wait_for_the_first(&mut other));
    let error = first.map(|open| open.map(|open| open.batch)).unwrap_err();
    let Error::Query { hint: Some(hint), .. } = &error else { panic!("{error:?}") };
    assert!(hint.contains("waited for each other"), "{error}");
    let open = batches.try_next().await.unwrap().unwrap();
    let hits: Vec<_> = open.batch.iter().map(|task| task.hits).collect();
    assert_eq!(hits, [1, 0, 0, 0, 1, 0]);
}

/// The same in a transaction of the caller, which the server has ended: no row is handed out that is not
/// locked.
async fn a_transaction_that_is_over(database: &TestDatabase) {
    let mut other = create_with_other(database).await;
    let mut transaction = database.pool().begin().await.unwrap();
    let mut batches = Task::batch_iter(&mut transaction).for_update();
    let (first, ()) = tokio::join!(batches.try_next(), wait_for_the_first(&mut other));
    let error = first.unwrap_err();
    assert!(matches!(error, Error::Query { hint: Some(_), .. }), "{error:?}");
    for _ in 0..3 {
        let error = batches.try_next().await.unwrap_err();
        assert!(matches!(error, Error::Query { .. }), "{error:?}");
    }
    drop(batches);
    let error = Task::batch_iter(&mut transaction).for_update().try_next().await.unwrap_err();
    assert!(matches!(error, Error::Query { .. }), "{error:?}");
    transaction.rollback().await.unwrap();
}
