//! The steps that SQLite's virtual machine takes, and the plans that SQLite itself describes.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures_util::{TryStreamExt as _, future::BoxFuture};
use sqlx::{AssertSqlSafe, SqlitePool, sqlite::SqlitePoolOptions};
use sqlx_chunked_tests::statements::record;

use crate::{
    cases::{
        plans::{self, BATCH, SHAPES, TIES},
        skewed,
    },
    harness::TestDatabase,
};

tests! {
    without_statistics,
    with_statistics,
    related_rows_are_searched,
    indexes_are_searched,
    skewed_data,
    writes,
    parts,
}

async fn without_statistics(database: &TestDatabase) {
    plans::create(database).await;
    batches_cost_the_same_everywhere(database).await;
}

async fn with_statistics(database: &TestDatabase) {
    plans::create(database).await;
    database.execute("ANALYZE").await;
    batches_cost_the_same_everywhere(database).await;
}

async fn batches_cost_the_same_everywhere(database: &TestDatabase) {
    for shape in SHAPES {
        let (pool, steps) = counting(database).await;
        // A row of a batch takes about ten steps, and more if batches are merged from several
        // places or rows are left out.
        let mut most = 130 * (BATCH + 1);
        if shape.is_interrupted() {
            most += 10 * TIES;
        }
        let next = async |_: &_, batches: &mut plans::Batches| {
            steps.store(0, Ordering::Relaxed);
            let batch = batches.try_next().await.unwrap();
            (batch, vec![("steps", steps.load(Ordering::Relaxed))])
        };
        plans::check(shape, &pool, next, &[most]).await;
        pool.close().await;
    }
}

async fn related_rows_are_searched(database: &TestDatabase) {
    plans::create(database).await;
    for statistics in [false, true] {
        if statistics {
            database.execute("ANALYZE").await;
        }
        let (pool, steps) = counting(database).await;
        let cost_of = async |_: &_, work: BoxFuture<'_, ()>| steps_of(&steps, work).await;
        plans::check_related(&pool, cost_of, &[100 * (BATCH + 1)]).await;
        pool.close().await;
    }
}

async fn skewed_data(database: &TestDatabase) {
    skewed::create(database).await;
    for statistics in [false, true] {
        if statistics {
            database.execute("ANALYZE").await;
        }
        let (pool, steps) = counting(database).await;
        let cost_of = async |_: &_, work: BoxFuture<'_, ()>| steps_of(&steps, work).await;
        // A row takes about twenty steps, and a batch may come from three places.
        skewed::check(&pool, cost_of, 60 * (skewed::BATCH + 1), 0).await;
        pool.close().await;
    }
}

async fn writes(database: &TestDatabase) {
    skewed::create(database).await;
    let (pool, steps) = counting(database).await;
    let cost_of = async |_: &_, work: BoxFuture<'_, ()>| steps_of(&steps, work).await;
    // The rows of a batch, found once to see where it ends and once to write them.
    skewed::check_writes(&pool, cost_of, 100 * (skewed::BATCH + 1)).await;
    pool.close().await;
}

async fn parts(database: &TestDatabase) {
    skewed::create(database).await;
    for statistics in [false, true] {
        if statistics {
            database.execute("ANALYZE").await;
        }
        let (pool, steps) = counting(database).await;
        let cost_of = async |_: &_, work: BoxFuture<'_, ()>| steps_of(&steps, work).await;
        // Each entry of the index is passed once in the walk, and at most once more for the ends. With
        // statistics, a few batches in a tie are read by their ids, with others left out in between.
        let most = if statistics { 150 } else { 60 };
        skewed::check_parts(&pool, cost_of, 20 * 100_000, most * (skewed::BATCH + 1)).await;
        pool.close().await;
    }
}

/// Counts the steps that some work takes.
async fn steps_of(steps: &AtomicU64, work: BoxFuture<'_, ()>) -> Vec<(&'static str, u64)> {
    steps.store(0, Ordering::Relaxed);
    work.await;
    vec![("steps", steps.load(Ordering::Relaxed))]
}

/// One connection that counts the steps of the virtual machine.
async fn counting(database: &TestDatabase) -> (SqlitePool, Arc<AtomicU64>) {
    let steps = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&steps);
    let count = move || {
        counter.fetch_add(1, Ordering::Relaxed);
        true
    };
    let options =
        SqlitePoolOptions::new().max_connections(1).after_connect(move |connection, _| {
            let count = count.clone();
            Box::pin(async {
                connection.lock_handle().await?.set_progress_handler(1, count);
                Ok(())
            })
        });
    (options.connect_with(database.options()).await.unwrap(), steps)
}

/// A step of a plan, as SQLite describes it; steps with the same parent work together.
type Step = (i64, i64, i64, String);

/// A batch after a position searches an index, and sorts no more than batches.
async fn indexes_are_searched(database: &TestDatabase) {
    plans::create(database).await;
    let pool = database.pool();
    for shape in SHAPES {
        // From the start; with a value in the nullable column; and with a NULL.
        for behind in [None, Some(1_998), Some(50_000)] {
            let Some(mut batches) = shape.batches(pool, behind).await else { continue };
            // The second batch comes after a position in any case.
            batches.try_next().await.unwrap();
            let (batch, statements) = record("readings", batches.try_next()).await;
            batch.unwrap();
            // One statement for each place that has rows for the batch.
            assert!((1..=3).contains(&statements.len()), "{statements:?}");
            let mut searches = 0;
            for statement in statements {
                let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
                let plan: Vec<Step> =
                    sqlx::query_as(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap();
                for (_, parent, _, step) in &plan {
                    assert!(!step.starts_with("SCAN readings"), "{}: {plan:#?}", shape.name);
                    if step.starts_with("SEARCH readings") {
                        searches += 1;
                        let sorts = plan.iter().any(|(_, other, _, step)| {
                            other == parent && step.starts_with("USE TEMP B-TREE")
                        });
                        assert!(!sorts, "{}: {plan:#?}", shape.name);
                    }
                }
            }
            assert!(searches > 0, "{}", shape.name);
        }
    }
}
