//! `up_to_now`: the end of the table as it is when the first statement is sent.

use futures_util::TryStreamExt as _;
use sqlx_chunked_tests::statements::record;

use crate::harness::{Entry, TestDatabase};

tests! {
    a_table_that_grows,
    the_end_is_not_filtered,
    an_empty_table,
    in_a_descending_order,
    with_cursors_and_limits,
    one_statement_more,
}

/// A row is appended for each one that is handed out, so that without an end there would be none.
async fn a_table_that_grows(database: &TestDatabase) {
    database.create_entries(9).await;
    let mut next = 10;
    for batch_size in 1..=10 {
        let before = next - 1;
        let mut entries = Entry::iter(database.pool()).up_to_now().batch_size(batch_size);
        let mut read = 0;
        while let Some(entry) = entries.try_next().await.unwrap() {
            read += 1;
            assert_eq!(entry, Entry::new(read));
            database.insert_entries([next]).await;
            next += 1;
        }
        assert_eq!(read, before, "batches of {batch_size}");
    }
}

/// What is appended after the probe is not read, though the filter leaves the last row out.
async fn the_end_is_not_filtered(database: &TestDatabase) {
    database.create_entries(6).await;
    let mut entries = Entry::iter(database.pool()).filter(|e| e.id.ne(6)).up_to_now().batch_size(2);
    let mut read = Vec::new();
    while let Some(entry) = entries.try_next().await.unwrap() {
        if read.is_empty() {
            database.insert_entries([7, 8, 9]).await;
        }
        read.push(entry.id);
    }
    assert_eq!(read, [1, 2, 3, 4, 5]);
}

async fn an_empty_table(database: &TestDatabase) {
    database.create_entries(0).await;
    let mut entries = Entry::iter(database.pool()).up_to_now();
    assert_eq!(entries.try_next().await.unwrap(), None);
    database.insert_entries([1]).await;
    assert_eq!(entries.try_next().await.unwrap(), None);
    assert_eq!(Entry::iter(database.pool()).up_to_now().count().await.unwrap(), 1);
}

async fn in_a_descending_order(database: &TestDatabase) {
    database.create_entries(5).await;
    for batch_size in 1..=6 {
        let mut entries = Entry::iter(database.pool()).reverse().up_to_now().batch_size(batch_size);
        let (output, statements) = record("entries", async {
            let mut read = Vec::new();
            while let Some(entry) = entries.try_next().await.unwrap() {
                read.push(entry.id);
            }
            read
        })
        .await;
        assert_eq!(output, [5, 4, 3, 2, 1]);
        assert_eq!(statements.len(), 5_usize.div_ceil(batch_size));
    }
}

async fn with_cursors_and_limits(database: &TestDatabase) {
    database.create_entries(9).await;
    for batch_size in 1..=10 {
        let entries =
            || Entry::batch_iter(database.pool()).up_to_now().batch_size(batch_size).read_ahead(1);
        let mut first = entries().limit(4);
        let mut read = 0;
        while let Some(batch) = first.try_next().await.unwrap() {
            read += batch.len();
        }
        assert_eq!(read, 4);
        let rest: Vec<_> = entries().resume(first.cursor()).try_collect().await.unwrap();
        let rest: Vec<_> = rest.into_iter().flatten().collect();
        assert_eq!(rest, Entry::first(9)[4..]);
        // Backwards there is no end to find.
        let back: Vec<_> = entries().before(first.cursor().unwrap()).try_collect().await.unwrap();
        assert_eq!(back.into_iter().flatten().count(), 3);
    }
}

async fn one_statement_more(database: &TestDatabase) {
    database.create_entries(9).await;
    for batch_size in 1..=10 {
        let entries = Entry::batch_iter(database.pool()).up_to_now().batch_size(batch_size);
        let (batches, statements) = record("entries", entries.try_collect::<Vec<_>>()).await;
        assert_eq!(batches.unwrap().into_iter().flatten().count(), 9);
        assert_eq!(statements.len(), 1 + 9_usize.div_ceil(batch_size));
    }
}
