//! Which rows are locked, and what that costs others.

use futures_util::{FutureExt as _, TryStreamExt as _};
use sqlx_chunked::Open;

use super::{Joined, LEVELS, locked, pool_at};
use crate::{
    Db,
    cases::writes::{By, Task, create, tasks},
    harness::TestDatabase,
    server,
};

tests! { those_handed_out, related_rows, joined_rows, shared, without_an_index, inserts, released }

/// Neither the row after the batch, nor those of other batches.
async fn those_handed_out(database: &TestDatabase) {
    create(database, 12).await;
    for by in By::ALL {
        let mut batches = tasks(database, by).batch_size(5).for_update().transactional();
        while let Some(Open { batch, transaction, .. }) = batches.try_next().await.unwrap() {
            let mut ids: Vec<_> = batch.iter().map(|task| task.id).collect();
            ids.sort_unstable();
            assert_eq!(locked(database).await, ids, "{by:?}");
            transaction.commit().await.unwrap();
            assert_eq!(locked(database).await.len(), 0);
        }
    }
}

async fn related_rows(database: &TestDatabase) {
    create(database, 12).await;
    database.execute("UPDATE tasks SET a = 12").await;
    let mut batches = Task::batch_iter(database.pool())
        .with_one::<Task>(|t| t.a)
        .with_many_as::<Task>(|t| t.a, |all| all)
        .batch_size(3)
        .for_update()
        .transactional();
    let open = batches.try_next().await.unwrap().unwrap();
    assert_eq!(locked(database).await, [1, 2, 3]);
    open.transaction.rollback().await.unwrap();
}

async fn joined_rows(database: &TestDatabase) {
    create(database, 12).await;
    database.execute("UPDATE tasks SET a = 12").await;
    let mut batches =
        Joined::batch_iter(database.pool()).batch_size(3).for_update().transactional();
    let open = batches.try_next().await.unwrap().unwrap();
    let joined: &[i64] = if server::LOCKS_JOINED_ROWS { &[12] } else { &[] };
    assert_eq!(locked(database).await, [&[1, 2, 3], joined].concat());
    open.transaction.rollback().await.unwrap();
}

/// Others can share the lock, but not have it alone.
async fn shared(database: &TestDatabase) {
    create(database, 6).await;
    let first = || Task::batch_iter(database.pool()).batch_size(2).for_share().skip_locked();
    let (mut one, mut other) = (first().transactional(), first().transactional());
    let (one, other) =
        (one.try_next().await.unwrap().unwrap(), other.try_next().await.unwrap().unwrap());
    assert_eq!((one.batch[0].id, other.batch[0].id), (1, 1));
    assert_eq!(locked(database).await, [1, 2]);
    drop(one);
    assert_eq!(locked(database).await, [1, 2]);
    other.transaction.rollback().await.unwrap();
    assert_eq!(locked(database).await.len(), 0);
}

/// The keys are found by a scan, at every level but the highest without locks.
async fn without_an_index(database: &TestDatabase) {
    create(database, 12).await;
    for level in &LEVELS[..2] {
        let pool = pool_at(database, level).await;
        let mut batches = Task::batch_iter(&pool)
            .filter(|t| t.note.is_null())
            .order_by(|t| t.note.desc().then(t.hits.asc()).then(t.id.desc()))
            .batch_size(3)
            .for_update()
            .transactional();
        let open = batches.try_next().await.unwrap().unwrap();
        assert_eq!(locked(database).await, [10, 11, 12], "{level}");
        open.transaction.rollback().await.unwrap();
        drop(batches);
        pool.close().await;
    }
}

/// Others insert between and before locked rows, at every level but the highest.
async fn inserts(database: &TestDatabase) {
    create(database, 12).await;
    database.execute("UPDATE tasks SET id = id * 1000").await;
    for (number, level) in LEVELS[..2].iter().enumerate() {
        let pool = pool_at(database, level).await;
        let mut batches = Task::batch_iter(&pool).batch_size(5).for_update().transactional();
        let open = batches.try_next().await.unwrap().unwrap();
        for id in [500, 1500, 4500, 5500] {
            let id = id + number;
            let sql = format!("INSERT INTO tasks VALUES ({id}, {id}, {id}, NULL, '', 0, NULL)");
            assert!(super::super::others::execute(&database.options(), sql), "{id}, {level}");
        }
        open.transaction.rollback().await.unwrap();
        drop(batches);
        pool.close().await;
    }
}

/// A batch that nobody takes, a transaction that is dropped, and an iteration that is dropped.
async fn released(database: &TestDatabase) {
    create(database, 6).await;
    let pool: sqlx::Pool<Db> = database.pool_of(1);
    for _ in 0..3 {
        let mut batches = Task::batch_iter(&pool).batch_size(2).for_update().transactional();
        let open = batches.try_next().await.unwrap().unwrap();
        drop(batches);
        drop(open);
        // The only connection is free again as soon as the rollback is done.
        drop(pool.acquire().await.unwrap());
        assert_eq!(locked(database).await.len(), 0);
        let mut batches = Task::batch_iter(&pool).batch_size(2).for_update().transactional();
        // Whether it is done by then or not.
        drop(batches.try_next().now_or_never());
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assert_eq!(locked(database).await.len(), 0);
        let open = batches.try_next().await.unwrap().unwrap();
        assert_eq!(open.batch[0].id, 1);
        open.transaction.commit().await.unwrap();
    }
}
