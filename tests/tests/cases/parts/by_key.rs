//! Parts by every type of key: only the database knows what comes before what.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{BatchIter, Error, Part, PartMismatch};

use crate::{
    Db,
    cases::walk::sizes,
    harness::{Column, Key, Keyed, Order, Table, TestDatabase, Walk},
};

pub(crate) async fn parts<K: Key>(database: &TestDatabase, column: &Column) {
    let mut table = Table::<K>::create(database, column).await;
    for size in sizes(column, 8) {
        table.fill(size).await;
        for order in Order::BOTH {
            let walk = Walk { batch_size: 2, order, ..Walk::default() };
            for count in [1, 3, size + 5] {
                let cut = all(&walk, &table).parts(count).await.unwrap();
                assert_eq!(cut.len(), count.min(size.max(1)), "{walk:?}");
                disjoint_and_everything(&walk, &table, &cut).await;
                cursors(&walk, &mut table, &cut).await;
            }
        }
    }
}

fn all<K: Key>(walk: &Walk, table: &Table<'_, K>) -> BatchIter<'static, Keyed<K>, Db, (K,)> {
    walk.configure(&table.rows, None, Keyed::<K>::batch_iter(table.pool()))
}

/// Parts have their rows in order, and together all of them.
async fn disjoint_and_everything<K: Key>(
    walk: &Walk,
    table: &Table<'_, K>,
    cut: &[Part<Keyed<K>>],
) {
    let mut read = Vec::new();
    for part in cut {
        let part: Part<Keyed<K>> = part.to_string().parse().unwrap();
        let rows = all(walk, table).part(part.clone()).map_ok(Vec::from).try_concat().await;
        let rows = rows.unwrap();
        let counted = all(walk, table).part(part.clone()).count().await.unwrap();
        assert_eq!([part.rows(), counted], [rows.len() as u64; 2], "{walk:?}, {part:?}");
        read.extend(rows);
    }
    assert_eq!(read, walk.expected(&table.rows), "{walk:?}");
}

/// A cursor is in the part that has its row, and if that is the last one, also in the next part.
async fn cursors<K: Key>(walk: &Walk, table: &mut Table<'_, K>, cut: &[Part<Keyed<K>>]) {
    let expected = walk.expected(&table.rows);
    let mut first = 0;
    for part in cut {
        let end = first + usize::try_from(part.rows()).unwrap();
        for after in 0..expected.len() {
            let at = Walk { after: Some(after), ..walk.clone() };
            let cursor = at.cursor(table).await;
            let batches = Keyed::<K>::batch_iter(table.pool());
            let batches = at.configure(&table.rows, cursor, batches).part(part.clone());
            let read = batches.map_ok(Vec::from).try_concat().await;
            let case = format!("{at:?}, {part:?}");
            // The row of the cursor is the one before this.
            let next = after + 1;
            if first <= next && next <= end {
                assert_eq!(read.unwrap(), expected[next..end], "{case}");
            } else {
                let error = read.map(|rows| rows.len()).expect_err(&case);
                let reason = PartMismatch::Cursor;
                assert!(matches!(error, Error::Part { reason: r, .. } if r == reason), "{case}");
            }
        }
        first = end;
    }
}
