//! A cursor is the place after the last row that was handed out, and continues from there: between
//! two iterations, rows are neither lost nor repeated.

use futures_util::TryStreamExt as _;

use crate::harness::{Entry, TestDatabase};

tests! {
    of_rows,
    of_batches,
    resumed_or_not,
    other_options_afterwards,
    its_row_may_be_gone,
    debug,
}

async fn of_rows(database: &TestDatabase) {
    database.create_entries(7).await;
    for batch_size in 1..=8 {
        let mut rows = Entry::iter(database.pool()).batch_size(batch_size);
        assert_eq!(rows.cursor(), None);
        for handed_out in 1..=7 {
            rows.try_next().await.unwrap();
            // After the last row that was handed out, not the last that was read.
            let cursor = rows.cursor().unwrap();
            let resumed = Entry::iter(database.pool()).after(cursor.clone());
            assert_eq!(resumed.cursor(), Some(cursor));
            let rest: Vec<_> = resumed.try_collect().await.unwrap();
            assert_eq!(rest, Entry::first(7)[handed_out..]);
        }
        let last = rows.cursor();
        assert_eq!(rows.try_next().await.unwrap(), None);
        assert_eq!(rows.cursor(), last);
    }
}

async fn of_batches(database: &TestDatabase) {
    database.create_entries(7).await;
    for batch_size in 1..=8 {
        let mut batches = Entry::batch_iter(database.pool()).batch_size(batch_size);
        assert_eq!(batches.cursor(), None);
        let mut handed_out = 0;
        while let Some(batch) = batches.try_next().await.unwrap() {
            handed_out += batch.len();
            assert_eq!(batches.cursor(), Some(batch.cursor()));
            let resumed = Entry::batch_iter(database.pool()).after(batch.cursor());
            assert_eq!(resumed.cursor(), Some(batch.cursor()));
            let rest: Vec<_> = resumed.try_collect().await.unwrap();
            let rest: Vec<_> = rest.into_iter().flatten().collect();
            assert_eq!(rest, Entry::first(7)[handed_out..]);
        }
        assert_eq!(handed_out, 7);
    }
}

/// `resume` continues after a cursor, and begins at the first row without one.
async fn resumed_or_not(database: &TestDatabase) {
    database.create_entries(5).await;
    let mut cursor = None;
    for rows in 1..=5 {
        let mut entries = Entry::iter(database.pool()).resume(cursor).limit(1);
        assert_eq!(entries.try_next().await.unwrap(), Some(Entry::new(rows)));
        cursor = entries.cursor();
    }
    let entries = Entry::iter(database.pool()).after(cursor.unwrap()).resume(None);
    assert_eq!(entries.try_collect::<Vec<_>>().await.unwrap(), Entry::first(5));
}

/// A cursor is a place in the order, and nothing else.
async fn other_options_afterwards(database: &TestDatabase) {
    database.create_entries(9).await;
    let mut rows = Entry::iter(database.pool()).batch_size(3).filter(|e| e.id.ge(4)).limit(1);
    rows.try_next().await.unwrap();
    let resumed = Entry::iter(database.pool())
        .after(rows.cursor().unwrap())
        .batch_size(2)
        .limit(3)
        .filter(|e| e.id.ne(6));
    let resumed: Vec<_> = resumed.try_collect().await.unwrap();
    assert_eq!(resumed, [5, 7, 8].map(Entry::new));
}

async fn its_row_may_be_gone(database: &TestDatabase) {
    database.create_entries(5).await;
    let mut rows = Entry::iter(database.pool());
    rows.try_next().await.unwrap();
    rows.try_next().await.unwrap();
    database.execute("DELETE FROM entries WHERE id = 2").await;
    let rest = Entry::iter(database.pool()).after(rows.cursor().unwrap());
    assert_eq!(rest.try_collect::<Vec<_>>().await.unwrap(), [3, 4, 5].map(Entry::new));
}

async fn debug(database: &TestDatabase) {
    database.create_entries(2).await;
    let mut rows = Entry::iter(database.pool());
    rows.try_next().await.unwrap();
    assert_eq!(format!("{:?}", rows.cursor()), "Some(Cursor(`id` = 1))");
}
