//! Workers that share a queue by `skip_locked`.

use std::time::Duration;

use futures_util::{TryStreamExt as _, future::join_all};
use sqlx_chunked::{Error, Open};
use tokio::sync::{Barrier, Mutex};

use crate::{
    cases::writes::{By, Task, create, hit_row, ids, tasks},
    harness::TestDatabase,
};

tests! { each_job_once, nobody_waits, nobody_is_idle, one_after_the_other, passed_over_again }

const JOBS: i64 = 120;

/// Each worker begins anew until it finds nothing.
async fn each_job_once(database: &TestDatabase) {
    create(database, JOBS).await;
    for (workers, batch_size) in [(2, 1), (3, 7), (4, 50)] {
        database.execute("UPDATE tasks SET hits = 0").await;
        let pool = database.pool_of(workers);
        let work = (0..workers).map(|worker| {
            let pool = pool.clone();
            async move {
                let mut jobs = 0;
                loop {
                    let mut batches = Task::batch_iter(&pool)
                        .filter(|t| t.hits.eq(0))
                        .batch_size(batch_size)
                        .for_update()
                        .skip_locked()
                        .transactional();
                    let before = jobs;
                    while let Some(open) = batches.try_next().await.unwrap() {
                        let Open { batch, mut transaction, .. } = open;
                        for task in &batch {
                            hit_row(&mut transaction, task.id).await.unwrap();
                        }
                        if jobs % 5 == worker {
                            // Somebody's work is lost now and then.
                            transaction.rollback().await.unwrap();
                            jobs += 1;
                            continue;
                        }
                        jobs += 1;
                        transaction.commit().await.unwrap();
                    }
                    if jobs == before {
                        return jobs;
                    }
                }
            }
        });
        join_all(work).await;
        assert_eq!(ids(database, "WHERE hits = 1").await.len(), 120, "{workers}");
        pool.close().await;
    }
}

/// A worker that waits would wait for ever: the other one has the first rows until both are done.
async fn nobody_waits(database: &TestDatabase) {
    create(database, 12).await;
    for by in By::ALL {
        let worker =
            || tasks(database, by).batch_size(4).for_update().skip_locked().transactional();
        let mut workers = [worker(), worker(), worker(), worker()];
        let mut open = Vec::new();
        for worker in &mut workers[..3] {
            open.push(worker.try_next().await.unwrap().unwrap());
        }
        // All rows are taken.
        assert!(workers[3].try_next().await.unwrap().is_none());
        let mut taken: Vec<_> =
            open.iter().flat_map(|open| open.batch.iter().map(|task| task.id)).collect();
        taken.sort_unstable();
        assert_eq!(taken, (1..=12).collect::<Vec<_>>(), "{by:?}");
        for open in open {
            open.transaction.rollback().await.unwrap();
        }
    }
}

/// While there is work that nobody has, no worker ends. They read one after the other: of two that read at
/// once, each may get some of the same rows.
async fn nobody_is_idle(database: &TestDatabase) {
    create(database, JOBS).await;
    let workers = 3;
    let pool = database.pool_of(workers);
    let (barrier, turn) = (Barrier::new(workers as usize), Mutex::new(()));
    let work = (0..workers).map(|_| {
        let (pool, barrier, turn) = (pool.clone(), &barrier, &turn);
        async move {
            let mut batches = Task::batch_iter(&pool)
                .filter(|t| t.hits.eq(0))
                .batch_size(8)
                .for_update()
                .skip_locked()
                .transactional();
            // 5 rounds of 3 workers with 8 rows each are all of the 120 rows.
            for _ in 0..5 {
                let Open { batch, mut transaction, .. } = {
                    let _turn = turn.lock().await;
                    batches.try_next().await.unwrap().unwrap()
                };
                assert_eq!(batch.len(), 8);
                for task in &batch {
                    hit_row(&mut transaction, task.id).await.unwrap();
                }
                barrier.wait().await;
                transaction.commit().await.unwrap();
                barrier.wait().await;
            }
            assert!(batches.try_next().await.unwrap().is_none());
        }
    });
    join_all(work).await;
    assert_eq!(ids(database, "WHERE hits = 1").await.len(), 120);
    pool.close().await;
}

/// Without `skip_locked` the second worker waits, and gets the rows that the first one left.
async fn one_after_the_other(database: &TestDatabase) {
    create(database, 10).await;
    let worker =
        || Task::batch_iter(database.pool()).filter(|t| t.hits.eq(0)).batch_size(4).for_update();
    let (mut first, mut second) = (worker().transactional(), worker().transactional());
    let Open { batch, mut transaction, .. } = first.try_next().await.unwrap().unwrap();
    assert_eq!(batch.len(), 4);
    let waiting = second.try_next();
    let working = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let sql = "UPDATE tasks SET hits = 1 WHERE id IN (1, 2, 4)";
        sqlx::query(sql).execute(&mut *transaction).await.unwrap();
        transaction.commit().await.unwrap();
    };
    let (open, ()) = tokio::join!(waiting, working);
    let open = open.unwrap().unwrap();
    assert_eq!(open.batch.iter().map(|task| task.id).collect::<Vec<_>>(), [3]);
    open.transaction.commit().await.unwrap();
    let open = second.try_next().await.unwrap().unwrap();
    assert_eq!(open.batch.iter().map(|task| task.id).collect::<Vec<_>>(), [5, 6, 7, 8]);
}

/// Rows that were passed over are tried again if the batch after them fails.
async fn passed_over_again(database: &TestDatabase) {
    create(database, 9).await;
    let worker = || Task::batch_iter(database.pool()).batch_size(3).for_update().skip_locked();
    // No row has the id 2000.
    database.execute("UPDATE tasks SET a = 2000 WHERE id = 5").await;
    database.execute("UPDATE tasks SET a = id WHERE id <> 5").await;
    let mut first = worker().transactional();
    let open = first.try_next().await.unwrap().unwrap();
    let mut second = worker().with_one::<Task>(|t| t.a).transactional();
    let error = second.try_next().await.unwrap_err();
    assert!(matches!(error, Error::Missing { .. }), "{error}");
    open.transaction.rollback().await.unwrap();
    let open = second.try_next().await.unwrap().unwrap();
    assert_eq!(open.batch.iter().map(|(task, _)| task.id).collect::<Vec<_>>(), [1, 2, 3]);
    open.transaction.rollback().await.unwrap();
}
