//! `up_to_now`: the end of the table as it is when the first statement is sent.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Chunked, Error};
use sqlx_chunked_tests::statements::record;

use crate::{
    dialect::BIGINT,
    harness::{Entry, Keyed, TestDatabase},
};

tests! {
    a_table_that_grows,
    the_end_is_not_filtered,
    an_empty_table,
    in_a_descending_order,
    with_cursors_and_limits,
    one_statement_more,
    mistakes_first,
    mixed_directions,
    nulls,
    nothing_but_nulls,
    nulls_in_another_column,
    nothing_else_in_the_filter,
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

/// Before the end is looked for.
async fn mistakes_first(database: &TestDatabase) {
    database.create_entries(3).await;
    let entries = || Entry::iter(database.pool()).up_to_now();
    let nothing = entries().limit(0);
    let (rows, statements) = record("entries", nothing.try_collect::<Vec<_>>()).await;
    assert_eq!((rows.unwrap().len(), statements.len()), (0, 0));
    let (count, statements) = record("entries", entries().limit(0).count()).await;
    assert_eq!((count.unwrap(), statements.len()), (0, 0));
    for counts in [false, true] {
        let none = entries().batch_size(0);
        let (error, statements) = record("entries", async {
            if counts {
                none.count().await.unwrap_err()
            } else {
                none.try_collect::<Vec<_>>().await.unwrap_err()
            }
        })
        .await;
        assert!(matches!(error, Error::BatchSize { .. }), "{error}");
        assert_eq!(statements.len(), 0);
    }
}

#[derive(Chunked)]
#[chunked(table = "pairs", unique(a, b))]
struct Pair {
    #[chunk_key]
    a: i64,
    #[chunk_key]
    b: i64,
}

async fn create_pairs(database: &TestDatabase, pairs: &str) {
    database
        .execute(format!(
            "CREATE TABLE pairs (a {BIGINT}, b {BIGINT}, UNIQUE (a, b)); \
             INSERT INTO pairs VALUES {pairs}"
        ))
        .await;
}

/// A row is inserted for each one that is handed out, after the last one in the order: greater in
/// the column that is ascending, and first in the other.
async fn mixed_directions(database: &TestDatabase) {
    create_pairs(database, "(1, 1), (1, 2), (2, 1), (2, 2), (2, 3)").await;
    for batch_size in 1..=6 {
        for turned in [false, true] {
            let pairs = Pair::iter(database.pool()).up_to_now().batch_size(batch_size);
            let mut pairs = if turned {
                pairs.order_by(|p| p.a.desc().then(p.b.asc()))
            } else {
                pairs.order_by(|p| p.a.asc().then(p.b.desc()))
            };
            let expected = if turned {
                [(2, 1), (2, 2), (2, 3), (1, 1), (1, 2)]
            } else {
                [(1, 2), (1, 1), (2, 3), (2, 2), (2, 1)]
            };
            let mut read = Vec::new();
            while let Some(pair) = pairs.try_next().await.unwrap() {
                read.push((pair.a, pair.b));
                let next = i64::try_from(read.len()).unwrap();
                let row = if turned { (1, 2 + next) } else { (2 + next, 1) };
                database.execute(format!("INSERT INTO pairs VALUES ({}, {})", row.0, row.1)).await;
                assert!(read.len() <= 5, "{read:?}");
            }
            assert_eq!(read, expected, "batches of {batch_size}");
            database.execute("DELETE FROM pairs WHERE a > 2 OR b > 3 OR a = 1 AND b > 2").await;
        }
    }
}

async fn create_walk(database: &TestDatabase, keys: &[&str]) {
    database.execute(format!("CREATE TABLE walk (k {BIGINT} UNIQUE, n {BIGINT} NOT NULL)")).await;
    for key in keys {
        database.execute(format!("INSERT INTO walk VALUES ({key}, 0)")).await;
    }
}

/// A NULL in the key is an error wherever it is, and a filter can leave it out.
async fn nulls(database: &TestDatabase) {
    create_walk(database, &["1", "2", "3", "NULL"]).await;
    for reverse in [false, true] {
        for batch_size in 1..=5 {
            let rows = || {
                let rows = Keyed::<i64>::iter(database.pool()).up_to_now().batch_size(batch_size);
                if reverse { rows.reverse() } else { rows }
            };
            let error = rows().try_collect::<Vec<_>>().await.map(|rows| rows.len()).unwrap_err();
            assert!(matches!(error, Error::NullKey { column: "k", .. }), "{error}");
            let values = rows().filter(|w| w.k.is_not_null());
            let mut keys: Vec<_> = values.map_ok(|row| row.k).try_collect().await.unwrap();
            if reverse {
                keys.reverse();
            }
            assert_eq!(keys, [1, 2, 3]);
        }
    }
}

async fn nothing_but_nulls(database: &TestDatabase) {
    create_walk(database, &["NULL", "NULL"]).await;
    for batch_size in 1..=3 {
        for read_ahead in [0, 1] {
            let rows = || {
                Keyed::<i64>::iter(database.pool())
                    .up_to_now()
                    .batch_size(batch_size)
                    .read_ahead(read_ahead)
            };
            for _ in 0..2 {
                let error =
                    rows().try_collect::<Vec<_>>().await.map(|rows| rows.len()).unwrap_err();
                assert!(matches!(error, Error::NullKey { column: "k", .. }), "{error}");
            }
            let none = rows().filter(|w| w.k.is_not_null()).try_collect::<Vec<_>>().await;
            assert_eq!(none.unwrap().len(), 0);
        }
    }
}

/// Also in the last tie, and where a row without a NULL follows nowhere.
async fn nulls_in_another_column(database: &TestDatabase) {
    create_pairs(database, "(1, 1), (1, 2), (2, 1), (2, 2), (2, NULL)").await;
    for null in ["2, NULL", "1, NULL", "3, NULL"] {
        database.execute("DELETE FROM pairs WHERE b IS NULL").await;
        database.execute(format!("INSERT INTO pairs VALUES ({null})")).await;
        for batch_size in 1..=6 {
            for (mixed, reverse) in [(false, false), (false, true), (true, false), (true, true)] {
                let pairs = || {
                    let pairs = Pair::iter(database.pool())
                        .order_by(|p| {
                            let a = p.a.asc();
                            if mixed {
                                a.then(p.b.desc()).boxed()
                            } else {
                                a.then(p.b.asc()).boxed()
                            }
                        })
                        .up_to_now()
                        .batch_size(batch_size);
                    if reverse { pairs.reverse() } else { pairs }
                };
                let read = pairs().try_collect::<Vec<_>>().await.map(|pairs| pairs.len());
                let error = read.unwrap_err();
                assert!(matches!(error, Error::NullKey { column: "b", .. }), "{error}");
                let values = pairs().filter(|p| p.b.is_not_null()).try_collect::<Vec<_>>().await;
                assert_eq!(values.unwrap().len(), 4);
            }
        }
    }
}

/// No row is there to tell of the NULLs, though the table has an end.
async fn nothing_else_in_the_filter(database: &TestDatabase) {
    create_pairs(database, "(1, 1), (1, NULL), (NULL, 1)").await;
    for column in ["a", "b"] {
        for reverse in [false, true] {
            for read_ahead in [0, 1] {
                let pairs = Pair::iter(database.pool())
                    .order_by(|p| p.a.asc().then(p.b.desc()))
                    .up_to_now()
                    .read_ahead(read_ahead)
                    .filter_sql(move |q| {
                        q.push(column).push(" IS NULL");
                    });
                let pairs = if reverse { pairs.reverse() } else { pairs };
                let read = pairs.try_collect::<Vec<_>>().await.map(|pairs| pairs.len());
                let error = read.unwrap_err();
                assert!(
                    matches!(error, Error::NullKey { column: null, .. } if null == column),
                    "{error}"
                );
            }
        }
    }
}
