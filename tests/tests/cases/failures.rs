//! A program that skips errors does not flood the database: from the second error in a row, further
//! polls wait first.

use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, TryStreamExt as _};
use sqlx_chunked_tests::statements::record;
use tokio::time::timeout;

use crate::harness::{Entry, TestDatabase};

tests! { errors_that_are_skipped, one_error_is_not_waited_for, on_a_connection, with_read_ahead }

async fn errors_that_are_skipped(database: &TestDatabase) {
    let entries = Entry::iter(database.pool()).filter_map(async |entry| entry.ok());
    let skipping = timeout(Duration::from_secs(1), entries.collect::<Vec<_>>());
    let (outcome, statements) = record("entries", skipping).await;
    outcome.unwrap_err();
    // At 0, 0, 50, 150, 350 and 750 ms.
    assert!((3..=6).contains(&statements.len()) || statements.is_empty(), "{}", statements.len());
}

async fn with_read_ahead(database: &TestDatabase) {
    let mut entries = Entry::iter(database.pool()).read_ahead(2);
    assert_waits(async || entries.try_next().await.is_err()).await;
}

async fn on_a_connection(database: &TestDatabase) {
    let mut connection = database.connect().await;
    let mut entries = Entry::iter(&mut connection);
    assert_waits(async || entries.try_next().await.is_err()).await;
}

async fn assert_waits(mut fails: impl AsyncFnMut() -> bool) {
    let mut waits = Vec::new();
    for _ in 0..5 {
        let start = Instant::now();
        assert!(fails().await);
        waits.push(start.elapsed().as_millis());
    }
    assert!(waits[2] >= 50 && waits[3] >= 100 && waits[4] >= 200, "{waits:?}");
}

/// After a single failure, the next try comes at once, and a success is a success.
async fn one_error_is_not_waited_for(database: &TestDatabase) {
    let mut entries = Entry::iter(database.pool()).batch_size(2);
    for _ in 0..2 {
        entries.try_next().await.unwrap_err();
    }
    database.create_entries(5).await;
    assert_eq!(entries.try_next().await.unwrap(), Some(Entry::new(1)));
    assert_eq!(entries.try_next().await.unwrap(), Some(Entry::new(2)));
    database.execute("ALTER TABLE entries RENAME TO others").await;
    entries.try_next().await.unwrap_err();
    database.execute("ALTER TABLE others RENAME TO entries").await;
    let start = Instant::now();
    assert_eq!(entries.try_collect::<Vec<_>>().await.unwrap(), [3, 4, 5].map(Entry::new));
    assert!(start.elapsed() < Duration::from_secs(2));
}
