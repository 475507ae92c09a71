//! The walk with everything chosen at random: rows, batch size, order, limit, filter, range and
//! start, all at once. proptest shrinks a failure to the smallest walk that fails.

use std::{env, ops::Bound};

use futures_util::{FutureExt as _, TryStreamExt as _};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::{runtime::Handle, sync::Mutex, task::block_in_place};

use crate::harness::{Column, Filter, Key, Keyed, Order, Table, TestDatabase, Walk};

/// Walks over some of the values of a column.
pub(crate) async fn walks<K: Key>(database: &TestDatabase, column: &Column) {
    let table = Mutex::new(Table::<K>::create(database, column).await);
    let values: Vec<_> = (0..column.len()).collect();
    let tables = prop::sample::subsequence(values, 0..=column.len()).prop_shuffle();
    let cases = tables.prop_flat_map(|values| {
        let walk = walk(values.len(), column.has_ranges());
        (Just(values), walk, pieces())
    });
    check(&cases, async |(values, walk, pieces)| {
        let mut table = table.lock().await;
        table.fill_with(values).await;
        walk.check(&mut table).await;
        in_pieces(&walk, &table, pieces).await;
    });
}

/// A number of rows, read in batches of a size.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    rows: usize,
    batch_size: usize,
}

/// Takes a walk in pieces, over and over the same ones: each continues at the cursor of the
/// previous one, and every wait for a row is given up once.
pub(crate) async fn in_pieces<K: Key>(walk: &Walk, table: &Table<'_, K>, pieces: Vec<Piece>) {
    let mut rows = Vec::new();
    let mut cursor = walk.cursor(table).await;
    for Piece { rows: length, batch_size } in pieces.into_iter().cycle() {
        let limit = walk.limit.map(|limit| limit - rows.len() as u64);
        let piece = Walk { batch_size, limit, ..walk.clone() };
        let iteration = Keyed::<K>::iter(table.pool());
        let mut iteration = piece.configure(&table.rows, cursor.clone(), iteration);
        for _ in 0..length {
            let row = match iteration.try_next().now_or_never() {
                Some(row) => row,
                None => iteration.try_next().await,
            };
            let Some(row) = row.unwrap() else {
                assert_eq!(rows, walk.expected(&table.rows), "in pieces, {walk:?}");
                return;
            };
            rows.push(row);
        }
        cursor = iteration.cursor();
    }
}

pub(crate) fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    let piece = (1..9_usize, 1..9_usize);
    prop::collection::vec(piece.prop_map(|(rows, batch_size)| Piece { rows, batch_size }), 1..4)
}

/// Runs a property on 24 values of a strategy, or as many as `PROPTEST_CASES` says.
pub(crate) fn check<S: Strategy>(strategy: &S, property: impl AsyncFn(S::Value)) {
    let mut config = Config { failure_persistence: None, ..Config::default() };
    if env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 24;
    }
    let outcome = TestRunner::new(config).run(strategy, |value| {
        block_in_place(|| Handle::current().block_on(property(value)));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// Any walk over a table with this many rows.
pub(crate) fn walk(rows: usize, ranges: bool) -> impl Strategy<Value = Walk> + use<> {
    let numbers = prop::collection::vec(-1..41_i64, 0..30);
    let filter =
        prop_oneof![numbers.prop_map(Filter::Among), (0..3_i64).prop_map(Filter::NotRemainder)];
    let order = prop::sample::select(&Order::ALL);
    let limit = 0..=rows as u64 + 2;
    let range = (bound(rows), bound(rows));
    let after = 0..rows.max(1);
    (
        1..=rows + 2,
        order,
        prop::option::of(limit),
        prop::option::of(filter),
        prop::option::of(range),
        prop::option::of(after),
    )
        .prop_map(move |(batch_size, order, limit, filter, range, after)| Walk {
            batch_size,
            order,
            limit,
            filter,
            range: range.filter(|_| ranges && rows > 0),
            after: after.filter(|_| rows > 0),
        })
}

fn bound(rows: usize) -> impl Strategy<Value = Bound<usize>> + use<> {
    let place = 0..rows.max(1);
    prop_oneof![
        place.clone().prop_map(Bound::Included),
        place.prop_map(Bound::Excluded),
        Just(Bound::Unbounded),
    ]
}
