//! Other connections insert and delete rows while an iteration runs: every row that stays is
//! handed out exactly once, and none twice.

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;
use proptest::prelude::*;

use super::random;
use crate::harness::{Entry, TestDatabase};

tests! { insert_and_delete, the_row_at_the_position_is_deleted, rows_behind_are_not_seen }

/// A change by another connection after a row was handed out.
#[derive(Clone, Debug)]
struct Change {
    insert: BTreeSet<i64>,
    delete: BTreeSet<i64>,
}

fn change() -> impl Strategy<Value = Change> {
    let ids = || prop::collection::btree_set(0..60_i64, 0..5);
    (ids(), ids()).prop_map(|(insert, delete)| Change { insert, delete })
}

async fn insert_and_delete(database: &TestDatabase) {
    database.create_entries(0).await;
    let changes = prop::collection::vec(change(), 30);
    random::check(
        &(1..12_usize, any::<bool>(), changes),
        async |(batch_size, reverse, changes)| {
            // At first, the even ids.
            let mut there: BTreeSet<_> = (0..30).map(|n| 2 * n).collect();
            database.execute("DELETE FROM entries").await;
            database.insert_entries(there.iter().copied()).await;
            let mut stayed = there.clone();

            let rows = Entry::iter(database.pool()).batch_size(batch_size);
            let mut rows = if reverse { rows.reverse() } else { rows };
            let mut changes = changes.into_iter();
            let mut seen = Vec::new();
            while let Some(row) = rows.try_next().await.unwrap() {
                seen.push(row.id);
                let Some(Change { insert, delete }) = changes.next() else { continue };
                for id in &delete {
                    database.execute(format!("DELETE FROM entries WHERE id = {id}")).await;
                    there.remove(id);
                    stayed.remove(id);
                }
                database.insert_entries(insert.difference(&there).copied()).await;
                there.extend(insert);
            }

            if reverse {
                seen.reverse();
            }
            assert!(seen.is_sorted_by(|a, b| a < b), "out of order or repeated: {seen:?}");
            let seen: BTreeSet<_> = seen.into_iter().collect();
            assert!(stayed.is_subset(&seen), "lost: {:?}", stayed.difference(&seen));
        },
    );
}

/// Neither the last row that was handed out nor the one that was seen after it has to exist when
/// the next batch is read.
async fn the_row_at_the_position_is_deleted(database: &TestDatabase) {
    database.create_entries(0).await;
    for batch_size in 1..=5 {
        database.execute("DELETE FROM entries").await;
        database.insert_entries(1..=9).await;
        let mut batches = Entry::batch_iter(database.pool()).batch_size(batch_size);
        let last = batches.try_next().await.unwrap().unwrap().last().unwrap().id;
        for id in [last, last + 1] {
            database.execute(format!("DELETE FROM entries WHERE id = {id}")).await;
        }
        let rest: Vec<_> = batches.try_collect().await.unwrap();
        let ids: Vec<_> = rest.into_iter().flatten().map(|entry| entry.id).collect();
        assert_eq!(ids, (last + 2..=9).collect::<Vec<_>>(), "batches of {batch_size}");
    }
}

/// The end is wherever it is when it is reached; rows inserted before the position are not read.
async fn rows_behind_are_not_seen(database: &TestDatabase) {
    database.create_entries(0).await;
    database.insert_entries([10, 20, 30]).await;
    let mut rows = Entry::iter(database.pool()).batch_size(2);
    assert_eq!(rows.try_next().await.unwrap(), Some(Entry::new(10)));
    assert_eq!(rows.try_next().await.unwrap(), Some(Entry::new(20)));
    database.insert_entries([5, 15, 25, 40]).await;
    assert_eq!(rows.try_collect::<Vec<_>>().await.unwrap(), [25, 30, 40].map(Entry::new));
}
