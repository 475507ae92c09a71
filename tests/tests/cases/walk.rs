//! The walk: in tables of every small size, at every batch size, no row is lost or repeated.
//!
//! A bug in a seek shows only at some combinations of size, batch size and position, so all of them
//! are tried, for each type of key (see `walks!`).

use std::ops::Bound::{self, Excluded, Included, Unbounded};

use futures_util::TryStreamExt as _;
use sqlx_chunked::Written;

use crate::harness::{Column, Filter, Key, Keyed, Order, Table, TestDatabase, Walk};

/// Sizes with every remainder at several batch sizes, and the smallest ones.
const SIZES: [usize; 9] = [0, 1, 2, 3, 5, 8, 13, 21, 40];

/// Returns the sizes that a column has values for, and at the end all of its values.
pub(crate) fn sizes(column: &Column, up_to: usize) -> impl Iterator<Item = usize> {
    let most = column.len().min(up_to);
    SIZES.into_iter().filter(move |size| *size < most).chain([most])
}

pub(crate) async fn every_batch_size<K: Key>(database: &TestDatabase, column: &Column) {
    let mut table = Table::<K>::create(database, column).await;
    for size in sizes(column, 40) {
        table.fill(size).await;
        for order in Order::ALL {
            for batch_size in 1..=size + 1 {
                Walk { batch_size, order, ..Walk::default() }.check(&mut table).await;
            }
        }
    }
}

pub(crate) async fn limits<K: Key>(database: &TestDatabase, column: &Column) {
    let mut table = Table::<K>::create(database, column).await;
    for size in sizes(column, 13) {
        table.fill(size).await;
        for batch_size in 1..=size + 1 {
            // Around every number where the last batch changes its shape.
            let mut limits = vec![0, 1, 2 * batch_size];
            limits.extend(
                [batch_size, size].iter().flat_map(|&at| [at.saturating_sub(1), at, at + 1]),
            );
            limits.sort_unstable();
            limits.dedup();
            for limit in limits {
                for order in Order::BOTH {
                    let limit = u64::try_from(limit).ok();
                    Walk { batch_size, order, limit, ..Walk::default() }.check(&mut table).await;
                }
            }
        }
    }
}

pub(crate) async fn filters<K: Key>(database: &TestDatabase, column: &Column) {
    let mut table = Table::<K>::create(database, column).await;
    let size = column.len().min(21);
    table.fill(size).await;
    let filters = [
        Filter::NotRemainder(0),
        Filter::NotRemainder(1),
        Filter::Among(vec![0, 1, 5, 6, 20]),
        Filter::Among(vec![7]),
        // Nothing, and a number that the table does not have.
        Filter::Among(vec![]),
        Filter::Among(vec![-1]),
    ];
    for filter in filters {
        for order in Order::BOTH {
            for batch_size in 1..=size + 1 {
                let filter = Some(filter.clone());
                Walk { batch_size, order, filter, ..Walk::default() }.check(&mut table).await;
            }
        }
    }
}

pub(crate) async fn ranges<K: Key>(database: &TestDatabase, column: &Column) {
    let mut table = Table::<K>::create(database, column).await;
    let size = column.len().min(13);
    table.fill(size).await;
    if !column.has_ranges() {
        return;
    }
    let places = [0, 1, size / 2, size - 1];
    let bounds = || places.into_iter().flat_map(|place| [Included(place), Excluded(place)]);
    let or_unbounded = || bounds().chain([Unbounded]);
    // Pairs of all kinds: of one row, of none, and with the ends swapped.
    let ranges = or_unbounded().flat_map(|start| or_unbounded().map(move |end| (start, end)));
    for range in ranges.collect::<Vec<(Bound<usize>, Bound<usize>)>>() {
        for order in Order::BOTH {
            for batch_size in [1, 2, 5, size, size + 1] {
                let range = Some(range);
                Walk { batch_size, order, range, ..Walk::default() }.check(&mut table).await;
            }
        }
    }
}

pub(crate) async fn cursors<K: Key>(database: &TestDatabase, column: &Column) {
    let mut table = Table::<K>::create(database, column).await;
    let size = column.len().min(13);
    table.fill(size).await;
    for after in 0..size {
        for order in Order::BOTH {
            for batch_size in 1..=size - after {
                let after = Some(after);
                Walk { batch_size, order, after, ..Walk::default() }.check(&mut table).await;
            }
        }
    }
}

/// Each row is written once, and each batch but the last one is full.
pub(crate) async fn writes<K: Key>(database: &TestDatabase, column: &Column) {
    let mut table = Table::<K>::create(database, column).await;
    table.fill(13).await;
    let rows = table.rows.len();
    for order in Order::BOTH {
        for batch_size in [1, 2, 3, 4, 5, 12, 13, 14] {
            let walk = Walk { batch_size, order, ..Walk::default() };
            let batches = Keyed::<K>::batch_iter(table.pool());
            let writes = walk.configure(&table.rows, None, batches).update(|c| {
                c.n.set_sql(|q| {
                    q.push("n + 1000");
                })
            });
            let written: Vec<_> = writes.try_collect().await.unwrap();
            let sizes: Vec<_> = written.iter().map(Written::rows_affected).collect();
            let full: Vec<_> = (0..rows)
                .step_by(batch_size)
                .map(|at| (rows - at).min(batch_size) as u64)
                .collect();
            assert_eq!(sizes, full, "{walk:?}");
            let read = table.rows.iter().map(|row| row.n + 1000).collect::<Vec<_>>();
            table.read().await;
            assert_eq!(table.rows.iter().map(|row| row.n).collect::<Vec<_>>(), read, "{walk:?}");
            database.execute("UPDATE walk SET n = n - 1000").await;
            table.read().await;
        }
    }
}
