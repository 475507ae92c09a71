//! Counts by the server itself: the entries of indexes and the rows of tables that it read.

use std::collections::HashMap;

use futures_util::{FutureExt as _, TryStreamExt as _, future::BoxFuture};
use sqlx::{MySqlPool, mysql::MySqlPoolOptions};
use sqlx_chunked::Batch;

use crate::{
    cases::{
        plans::{self, BATCH, Batches, Cost, Reading, SHAPES},
        skewed,
    },
    harness::TestDatabase,
    servers,
};

tests! { batches_cost_the_same_everywhere, related_rows_are_searched, skewed_data, writes, parts, locks }

async fn batches_cost_the_same_everywhere(database: &TestDatabase) {
    plans::create(database).await;
    database.execute("ANALYZE TABLE readings").await;
    for shape in SHAPES {
        // One connection, since its counters are read between the batches.
        let options = MySqlPoolOptions::new().max_connections(1);
        let pool = options.connect_with(database.options()).await.unwrap();
        // A batch and the row after it, in one piece of the index, and the entry into it.
        let entries = (BATCH + 1) * if shape.is_filtered() { 2 } else { 1 } + 10;
        plans::check(shape, &pool, next, &[entries, 0]).await;
        pool.close().await;
    }
}

/// For each key at most its entry, the entry into the index, and another where it ends.
async fn related_rows_are_searched(database: &TestDatabase) {
    plans::create(database).await;
    database.execute("ANALYZE TABLE readings").await;
    let options = MySqlPoolOptions::new().max_connections(1);
    let pool = options.connect_with(database.options()).await.unwrap();
    plans::check_related(&pool, cost_of, &[3 * (BATCH + 1) + 10, 0]).await;
    pool.close().await;
}

async fn skewed_data(database: &TestDatabase) {
    skewed::create(database).await;
    database.execute("ANALYZE TABLE skewed_readings").await;
    let options = MySqlPoolOptions::new().max_connections(1);
    let pool = options.connect_with(database.options()).await.unwrap();
    // At the end, the rest of up to four batches is sorted for each of them.
    skewed::check(&pool, cost_of, 3 * (skewed::BATCH + 1) + 200, 0).await;
    pool.close().await;
}

async fn writes(database: &TestDatabase) {
    skewed::create(database).await;
    database.execute("ANALYZE TABLE skewed_readings").await;
    let options = MySqlPoolOptions::new().max_connections(1);
    let pool = options.connect_with(database.options()).await.unwrap();
    // The rows of a batch, found once to see where it ends and once to write them.
    skewed::check_writes(&pool, cost_of, 6 * (skewed::BATCH + 1)).await;
    pool.close().await;
}

async fn parts(database: &TestDatabase) {
    skewed::create(database).await;
    database.execute("ANALYZE TABLE skewed_readings").await;
    let options = MySqlPoolOptions::new().max_connections(1);
    let pool = options.connect_with(database.options()).await.unwrap();
    // Each entry of the index is passed once in the walk, and at most once more for the ends. At the end
    // of a part, the rest of a few batches is sorted for each of them.
    skewed::check_parts(&pool, cost_of, 200_000, 8 * (skewed::BATCH + 1)).await;
    pool.close().await;
}

async fn locks(database: &TestDatabase) {
    skewed::create(database).await;
    database.execute("ANALYZE TABLE skewed_readings").await;
    let options = MySqlPoolOptions::new().max_connections(1);
    let pool = options.connect_with(database.options()).await.unwrap();
    // The keys of a batch, and a look-up for each of its rows. The keys are in a table of their own, which
    // is read again and again.
    servers::locks::plans::check(
        &pool,
        cost_of,
        &[3 * (skewed::BATCH + 1) + 200, 10 * (skewed::BATCH + 1)],
    )
    .await;
    pool.close().await;
}

/// Reads the next batch, and returns what the server counted.
async fn next(pool: &MySqlPool, batches: &mut Batches) -> (Option<Batch<Reading>>, Cost) {
    let mut batch = None;
    let read = async { batch = batches.try_next().await.unwrap() };
    let cost = cost_of(pool, read.boxed()).await;
    (batch, cost)
}

async fn cost_of(pool: &MySqlPool, work: BoxFuture<'_, ()>) -> Cost {
    sqlx::raw_sql("FLUSH STATUS").execute(pool).await.unwrap();
    work.await;
    let counts: Vec<(String, String)> =
        sqlx::query_as("SHOW SESSION STATUS").fetch_all(pool).await.unwrap();
    let counts: HashMap<_, u64> =
        counts.into_iter().filter_map(|(name, count)| Some((name, count.parse().ok()?))).collect();
    let sum = |names: &[&str]| names.iter().map(|name| counts[&format!("Handler_{name}")]).sum();
    let found: u64 = sum(&["read_key", "read_first", "read_last", "read_next", "read_prev"]);
    // Entries that the index itself leaves out are not handed over, and so are not counted as read.
    let entries = found + counts["Handler_icp_attempts"] - counts["Handler_icp_match"];
    let scanned = sum(&["read_rnd", "read_rnd_next"]);
    vec![("entries", entries), ("scanned", scanned)]
}
