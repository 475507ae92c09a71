//! A batch as its caller sees it, and the largest and the last batches.

use futures_util::TryStreamExt as _;

use crate::harness::{Entry, TestDatabase};

tests! { is_a_slice, thousand_rows_if_not_said, no_number_is_too_large, the_end_is_the_end }

async fn is_a_slice(database: &TestDatabase) {
    database.create_entries(3).await;
    let mut batches = Entry::batch_iter(database.pool()).batch_size(2);
    let batch = batches.try_next().await.unwrap().unwrap();
    assert_eq!(*batch, Entry::first(2));
    assert_eq!(batch.first(), Some(&Entry::new(1)));
    let mut ids = Vec::new();
    for entry in &batch {
        ids.push(entry.id);
    }
    for entry in batch {
        ids.push(entry.id);
    }
    assert_eq!(ids, [1, 2, 1, 2]);
    let batch = batches.try_next().await.unwrap().unwrap();
    assert_eq!(batch.into_vec(), [Entry::new(3)]);
    assert!(batches.try_next().await.unwrap().is_none());
}

async fn thousand_rows_if_not_said(database: &TestDatabase) {
    database.create_entries(2_001).await;
    let batches = Entry::batch_iter(database.pool()).map_ok(|batch| batch.len());
    assert_eq!(batches.try_collect::<Vec<_>>().await.unwrap(), [1_000, 1_000, 1]);
    let rows = Entry::iter(database.pool()).reverse().map_ok(|row| row.id);
    let rows: Vec<_> = rows.try_collect().await.unwrap();
    assert!(rows.into_iter().eq((1..=2_001).rev()));
}

/// No memory is reserved for rows that do not exist, and no sum of these numbers overflows.
async fn no_number_is_too_large(database: &TestDatabase) {
    database.create_entries(3).await;
    for batch_size in [2, usize::MAX - 1, usize::MAX] {
        for limit in [2, u64::MAX - 1, u64::MAX] {
            let rows = Entry::iter(database.pool()).batch_size(batch_size).limit(limit);
            let rows: Vec<_> = rows.try_collect().await.unwrap();
            assert_eq!(rows, Entry::first(if limit == 2 { 2 } else { 3 }));
        }
    }
}

/// An iterator that has ended does not start again.
async fn the_end_is_the_end(database: &TestDatabase) {
    database.create_entries(3).await;
    let mut rows = Entry::iter(database.pool()).batch_size(2);
    let mut batches = Entry::batch_iter(database.pool()).limit(3);
    for _ in 0..3 {
        rows.try_next().await.unwrap();
    }
    batches.try_next().await.unwrap();
    for _ in 0..2 {
        assert_eq!(rows.try_next().await.unwrap(), None);
        assert!(batches.try_next().await.unwrap().is_none());
        database.execute("DELETE FROM entries WHERE id > 3").await;
        database.insert_entries(4..6).await;
    }
}
