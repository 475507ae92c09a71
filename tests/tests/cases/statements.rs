//! No unnecessary statement, and always the same ones, as counted in sqlx's log.

use std::collections::HashSet;

use futures_util::TryStreamExt as _;
use sqlx_chunked_tests::statements::{Statement, record};

use crate::{
    dialect::NULLS_LAST,
    harness::{Entry, Order, TestDatabase},
};

tests! {
    one_for_each_batch,
    rows_one_by_one_take_as_many,
    one_row_more_than_is_handed_out,
    nothing_to_read,
    two_texts,
    the_same_texts_for_other_values,
    the_nulls_behind_a_cursor,
}

/// Walks in batches, and returns the statements that it took.
async fn batches(database: &TestDatabase, batch_size: usize, limit: Option<u64>) -> Vec<Statement> {
    let mut batches = Entry::batch_iter(database.pool()).batch_size(batch_size);
    if let Some(limit) = limit {
        batches = batches.limit(limit);
    }
    let (batches, statements) = record("entries", batches.try_collect::<Vec<_>>()).await;
    batches.unwrap();
    statements
}

async fn one_for_each_batch(database: &TestDatabase) {
    database.create_entries(0).await;
    for rows in 0..=7 {
        for batch_size in 1..=rows + 1 {
            let statements = batches(database, batch_size, None).await;
            let needed = rows.div_ceil(batch_size).max(1);
            assert_eq!(statements.len(), needed, "{rows} rows in batches of {batch_size}");
        }
        database.insert_entries([i64::try_from(rows).unwrap()]).await;
    }
}

async fn rows_one_by_one_take_as_many(database: &TestDatabase) {
    database.create_entries(7).await;
    for batch_size in 1..=8 {
        let rows = Entry::iter(database.pool()).batch_size(batch_size);
        let (rows, statements) = record("entries", rows.try_collect::<Vec<_>>()).await;
        assert_eq!(rows.unwrap(), Entry::first(7));
        assert_eq!(statements.len(), 7_usize.div_ceil(batch_size), "batches of {batch_size}");
    }
}

/// The row that shows whether more follow is read with each batch, but not past the limit.
async fn one_row_more_than_is_handed_out(database: &TestDatabase) {
    const ROWS: u64 = 7;
    database.create_entries(7).await;
    for batch_size in 1..=8 {
        for limit in 0..=9 {
            let statements = batches(database, batch_size, Some(limit)).await;
            let read: Vec<_> = statements.iter().map(|statement| statement.rows).collect();

            let batch_size = u64::try_from(batch_size).unwrap();
            let mut needed = Vec::new();
            let mut handed_out = 0;
            while handed_out < limit.min(ROWS) {
                let there = ROWS - handed_out;
                needed.push((batch_size + 1).min(limit - handed_out).min(there));
                handed_out += batch_size;
            }
            assert_eq!(read, needed, "limit {limit}, batches of {batch_size}");
        }
    }
}

async fn nothing_to_read(database: &TestDatabase) {
    database.create_entries(3).await;
    assert_eq!(batches(database, 2, Some(0)).await, []);

    let refused = Entry::batch_iter(database.pool()).batch_size(0);
    let (refused, statements) = record("entries", refused.try_collect::<Vec<_>>()).await;
    refused.unwrap_err();
    assert_eq!(statements, []);
}

/// The first statement has no seek, and all others are the same.
async fn two_texts(database: &TestDatabase) {
    database.create_entries(9).await;
    for order in Order::BOTH {
        let rows = Entry::batch_iter(database.pool()).batch_size(2);
        let rows = if order == Order::Descending { rows.reverse() } else { rows };
        let (rows, statements) = record("entries", rows.try_collect::<Vec<_>>()).await;
        assert_eq!(rows.unwrap().len(), 5);

        let texts: Vec<_> = statements.iter().map(|statement| &*statement.sql).collect();
        let [first, next @ ..] = &*texts else { panic!("no statement") };
        let seeks =
            |text: &str| ["\" >", "\" <", "` >", "` <"].iter().any(|seek| text.contains(seek));
        assert!(!seeks(first), "{first}");
        assert!(seeks(next[0]), "{}", next[0]);
        assert!(next.iter().all(|text| *text == next[0]), "{next:?}");
        // If NULLs would come last, the first statement asks for them, and only the first.
        assert_eq!(first.contains("EXISTS"), order == NULLS_LAST, "{first}");
        assert!(!next[0].contains("EXISTS"), "{}", next[0]);
    }
}

/// Each text is prepared once, so no value may be part of it.
async fn the_same_texts_for_other_values(database: &TestDatabase) {
    database.create_entries(40).await;
    let mut texts = HashSet::new();
    for value in 1..=5 {
        let rows = Entry::iter(database.pool())
            .filter(|e| {
                e.headline.ne(format!("entry {value}")).and(e.id.is_in([value, 7, 8, 9, 10]))
            })
            .filter_sql(move |q| {
                q.push("length(headline) > ").push_bind(value);
            })
            .range(value..30)
            .batch_size(usize::try_from(value).unwrap())
            .limit(4 * value.unsigned_abs());
        let (rows, statements) = record("entries", rows.try_collect::<Vec<_>>()).await;
        rows.unwrap();
        texts.extend(statements.into_iter().map(|statement| statement.sql));
    }
    assert_eq!(texts.len(), 2, "{texts:#?}");
}

/// After a cursor there may be no row that could report NULLs. Only then, a separate statement asks
/// for them.
async fn the_nulls_behind_a_cursor(database: &TestDatabase) {
    database.create_entries(4).await;
    let ordered = || {
        let rows = Entry::iter(database.pool()).batch_size(2);
        if NULLS_LAST == Order::Descending { rows.reverse() } else { rows }
    };
    let mut rows = ordered();
    // After the first row come three, in two batches; after the last one, none.
    for expected in [2, 1, 1, 2] {
        rows.try_next().await.unwrap();
        let behind = ordered().after(rows.cursor().unwrap());
        let (behind, statements) = record("entries", behind.try_collect::<Vec<_>>()).await;
        behind.unwrap();
        assert_eq!(statements.len(), expected, "{statements:#?}");
    }
}
