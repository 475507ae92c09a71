//! Every row is in one batch that is committed, whatever was rolled back on the way.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Cursor, Open};

use super::{by_id, hit, hit_all, hit_next, hits};
use crate::{
    cases::writes::{By, Task, create, fill, ids, tasks},
    harness::TestDatabase,
};

tests! {
    every_order,
    rolled_back,
    changed_in_the_meantime,
    limits,
    positions,
    written,
    more_than_the_limit,
    related,
    up_to_now,
    empty,
}

const ROWS: i64 = 30;

async fn every_order(database: &TestDatabase) {
    create(database, ROWS).await;
    let mut times = 0;
    for by in By::ALL {
        let all = ids(database, &format!("ORDER BY {}", by.sql())).await;
        for batch_size in [1, 2, 3, 7, 29, 30, 31] {
            let mut batches = tasks(database, by).batch_size(batch_size).transactional();
            let mut read = Vec::new();
            while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await.unwrap()
            {
                for task in &batch {
                    hit(&mut transaction, task.id).await;
                }
                read.extend(batch.iter().map(|task| task.id));
                transaction.commit().await.unwrap();
            }
            times += 1;
            // Rows that the collation calls equal are in the order of their ids.
            assert_eq!(read, all, "{by:?}, {batch_size}");
            assert_eq!(hits(database).await, [times], "{by:?}, {batch_size}");
        }
    }
}

/// In all three ways, at every batch.
async fn rolled_back(database: &TestDatabase) {
    create(database, ROWS).await;
    let pool = database.pool();
    for batch_size in [1, 4, 30, 100] {
        let mut batches = by_id(pool).batch_size(batch_size).transactional();
        let mut read = Vec::new();
        for way in 0.. {
            let before: Option<String> = batches.cursor().map(|cursor| cursor.to_string());
            let Some(Open { batch, mut transaction, .. }) = batches.try_next().await.unwrap()
            else {
                break;
            };
            for task in &batch {
                hit(&mut transaction, task.id).await;
            }
            match way % 4 {
                0 => transaction.rollback().await.unwrap(),
                1 => drop(transaction),
                2 => drop(transaction.commit()),
                _ => {
                    transaction.commit().await.unwrap();
                    assert_eq!(batches.cursor().unwrap().to_string(), batch.cursor().to_string());
                    read.extend(batch.iter().map(|task| task.id));
                    continue;
                }
            }
            assert_eq!(batches.cursor().map(|cursor| cursor.to_string()), before);
            if way > 40 {
                // The pause after many rollbacks in a row is tested elsewhere.
                break;
            }
        }
        drop(batches);
        let hit: Vec<_> = ids(database, "WHERE hits = 1 ORDER BY id").await;
        assert_eq!(read, hit, "{batch_size}");
        database.execute("UPDATE tasks SET hits = 0").await;
    }
}

/// After a rollback the rows are read as they are by then.
async fn changed_in_the_meantime(database: &TestDatabase) {
    create(database, 10).await;
    let mut batches = by_id(database.pool()).transactional();
    let first = batches.try_next().await.unwrap().unwrap();
    assert_eq!(first.batch.iter().map(|task| task.id).collect::<Vec<_>>(), [1, 2, 3, 4]);
    first.transaction.rollback().await.unwrap();
    database.execute("DELETE FROM tasks WHERE id IN (1, 3)").await;
    database.execute("UPDATE tasks SET note = 'new' WHERE id = 2").await;
    let again = batches.try_next().await.unwrap().unwrap();
    assert_eq!(again.batch.iter().map(|task| task.id).collect::<Vec<_>>(), [2, 4, 5, 6]);
    assert_eq!(again.batch[0].note.as_deref(), Some("new"));
    again.transaction.commit().await.unwrap();
    assert_eq!(hit_all(batches).await, [7, 8, 9, 10]);
}

/// The limit counts committed rows.
async fn limits(database: &TestDatabase) {
    create(database, ROWS).await;
    for limit in [0_u64, 1, 3, 4, 5, 11, 30, 40] {
        let mut batches = by_id(database.pool()).limit(limit).transactional();
        let mut read = 0;
        loop {
            let Some(open) = batches.try_next().await.unwrap() else { break };
            drop(open);
            let ids = hit_next(&mut batches).await.unwrap();
            assert!(!ids.is_empty());
            read += ids.len() as u64;
        }
        assert_eq!(read, limit.min(30));
    }
}

/// A cursor that was kept continues elsewhere, forwards and backwards.
async fn positions(database: &TestDatabase) {
    create(database, ROWS).await;
    let mut kept: Option<Cursor<Task>> = None;
    let mut read = Vec::new();
    loop {
        let mut batches = by_id(database.pool()).resume(kept.clone()).transactional();
        let ids = hit_next(&mut batches).await.unwrap();
        if ids.is_empty() {
            break;
        }
        read.extend(ids);
        kept = batches.cursor();
    }
    assert_eq!(read, (1..=ROWS).collect::<Vec<_>>());
    let before = by_id(database.pool()).before(kept.unwrap()).transactional();
    let mut backwards = hit_all(before).await;
    backwards.sort_unstable();
    assert_eq!(backwards, (1..ROWS).collect::<Vec<_>>());
}

/// `update` and `delete`, each batch in a transaction that is handed out.
async fn written(database: &TestDatabase) {
    create(database, ROWS).await;
    for batch_size in [1, 7, 30] {
        let mut writes =
            by_id(database.pool()).batch_size(batch_size).transactional().update(|t| {
                t.hits.set_sql(|q| {
                    q.push("hits + 1");
                })
            });
        let mut rows = 0;
        for way in 0.. {
            let Some(Open { batch, mut transaction, .. }) = writes.try_next().await.unwrap() else {
                break;
            };
            if way % 2 == 0 {
                continue;
            }
            rows += batch.rows_affected();
            let note = format!("UPDATE tasks SET note = '{way}' WHERE id = 1");
            sqlx::query(sqlx::AssertSqlSafe(note)).execute(&mut *transaction).await.unwrap();
            transaction.commit().await.unwrap();
            assert_eq!(writes.cursor().unwrap().to_string(), batch.cursor().to_string());
        }
        assert_eq!(rows, 30);
        assert_eq!(hits(database).await, [1], "{batch_size}");
        database.execute("UPDATE tasks SET hits = 0").await;
    }
    let mut deletes = by_id(database.pool()).filter(|t| t.due.is_null()).transactional().delete();
    let mut gone = 0;
    while let Some(Open { batch, transaction, .. }) = deletes.try_next().await.unwrap() {
        transaction.commit().await.unwrap();
        gone += batch.rows_affected();
    }
    assert_eq!(gone, 10);
    assert_eq!(ids(database, "WHERE due IS NULL").await.len(), 0);
    assert_eq!(ids(database, "").await.len(), 20);
}

async fn more_than_the_limit(database: &TestDatabase) {
    create(database, ROWS).await;
    for limit in [1, 4, 6, 29, 31] {
        let writes = by_id(database.pool()).limit(limit).transactional();
        let mut writes = writes.update(|t| t.hits.set(1));
        let mut rows = 0;
        while let Some(Open { batch, transaction, .. }) = writes.try_next().await.unwrap() {
            rows += batch.rows_affected();
            transaction.commit().await.unwrap();
        }
        assert_eq!(rows, limit.min(30));
        let hit = ids(database, "WHERE hits = 1").await.len() as u64;
        assert_eq!(hit, limit.min(30));
        database.execute("UPDATE tasks SET hits = 0").await;
    }
}

/// Related rows are read in the transaction too: they are those that it wrote.
async fn related(database: &TestDatabase) {
    create(database, ROWS).await;
    let mut batches = by_id(database.pool()).with_one::<Task>(|t| t.a).transactional();
    // Every `a` is 0, 1 or 2; there is no row 0 to begin with.
    database.execute("UPDATE tasks SET a = 1 WHERE a = 0 AND id > 0 AND b < 0").await;
    let error = batches.try_next().await.unwrap_err();
    assert!(error.to_string().contains("has none"), "{error}");
    database.execute("INSERT INTO tasks VALUES (0, 9, 9, NULL, '', 0, NULL)").await;
    database.execute("UPDATE tasks SET a = 2 WHERE id = 0").await;
    let mut read = Vec::new();
    while let Some(Open { batch, transaction, .. }) = batches.try_next().await.unwrap() {
        for (task, other) in &batch {
            assert_eq!(task.a, other.id);
            read.push(task.id);
        }
        transaction.commit().await.unwrap();
    }
    assert_eq!(read, (0..=ROWS).collect::<Vec<_>>());
}

async fn up_to_now(database: &TestDatabase) {
    create(database, 6).await;
    let mut batches = by_id(database.pool()).up_to_now().transactional();
    assert_eq!(hit_next(&mut batches).await.unwrap(), [1, 2, 3, 4]);
    database.execute("INSERT INTO tasks VALUES (100, 9, 9, NULL, '', 0, NULL)").await;
    assert_eq!(hit_all(batches).await, [5, 6]);
}

async fn empty(database: &TestDatabase) {
    create(database, 0).await;
    assert!(hit_all(by_id(database.pool()).transactional()).await.is_empty());
    // Batches that come later are not seen by an iteration that is over.
    let mut over = by_id(database.pool()).transactional();
    assert!(over.try_next().await.unwrap().is_none());
    fill(database, 3).await;
    assert!(over.try_next().await.unwrap().is_none());
    let deleted =
        Task::batch_iter(database.pool()).filter(|t| t.id.gt(99)).transactional().delete();
    assert_eq!(deleted.try_collect::<Vec<_>>().await.unwrap().len(), 0);
}
