//! A NULL among the keys is an error, wherever the database puts it. Otherwise, rows without a key
//! would be skipped silently if a seek ends before them.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{BatchIter, Iter};
use sqlx_chunked_tests::Report as _;

use crate::{
    Db,
    dialect::{BIGINT, NULLS_LAST},
    harness::{Keyed, Order, TestDatabase},
};

tests! {
    first_item_is_the_error,
    nothing_but_nulls,
    goes_on_once_it_is_gone,
    left_out_by_a_filter,
    behind_a_cursor,
}

const NULL_KEY: &str = "the key column `k` of `Keyed` holds a NULL: rows without a key cannot be \
    read in its order; leave them out with `filter(|c| c.k.is_not_null())`, or order by a NOT NULL \
    column";

type Row = Keyed<i64>;

fn batches(
    database: &TestDatabase,
    order: Order,
    batch_size: usize,
) -> BatchIter<'static, Row, Db, (i64,)> {
    let batches = Row::batch_iter(database.pool()).batch_size(batch_size);
    if order == Order::Descending { batches.reverse() } else { batches }
}

fn rows(
    database: &TestDatabase,
    order: Order,
    batch_size: usize,
) -> Iter<'static, Row, Db, (i64,)> {
    let rows = Row::iter(database.pool()).batch_size(batch_size);
    if order == Order::Descending { rows.reverse() } else { rows }
}

/// Creates rows with the keys 1, 2, … and the same numbers, in a column that allows NULLs.
async fn create(database: &TestDatabase, count: i64) {
    database.execute(format!("CREATE TABLE walk (k {BIGINT} UNIQUE, n {BIGINT} NOT NULL)")).await;
    for n in 1..=count {
        database.execute(format!("INSERT INTO walk VALUES ({n}, {n})")).await;
    }
}

async fn first_item_is_the_error(database: &TestDatabase) {
    create(database, 0).await;
    for count in 1..=5 {
        database.execute(format!("INSERT INTO walk VALUES ({count}, {count}), (NULL, 0)")).await;
        for order in Order::BOTH {
            for batch_size in 1..=7 {
                let error = batches(database, order, batch_size).try_next().await.unwrap_err();
                assert_eq!(error.report(), NULL_KEY);
                let mut rows = rows(database, order, batch_size).limit(1);
                for _ in 0..3 {
                    assert_eq!(rows.try_next().await.unwrap_err().report(), NULL_KEY);
                }
                assert_eq!(rows.cursor(), None);
            }
        }
        database.execute("DELETE FROM walk WHERE k IS NULL").await;
    }
}

async fn nothing_but_nulls(database: &TestDatabase) {
    create(database, 0).await;
    for _ in 0..3 {
        database.execute("INSERT INTO walk VALUES (NULL, 0)").await;
        for order in Order::BOTH {
            for batch_size in 1..=4 {
                let error = rows(database, order, batch_size).try_next().await.unwrap_err();
                assert_eq!(error.report(), NULL_KEY);
            }
        }
    }
}

async fn goes_on_once_it_is_gone(database: &TestDatabase) {
    create(database, 5).await;
    for order in Order::BOTH {
        for batch_size in 1..=7 {
            database.execute("INSERT INTO walk VALUES (NULL, 0)").await;
            let mut rows = rows(database, order, batch_size);
            rows.try_next().await.unwrap_err();
            database.execute("DELETE FROM walk WHERE k IS NULL").await;
            let mut keys: Vec<_> = rows.map_ok(|row| row.k).try_collect().await.unwrap();
            if order == Order::Descending {
                keys.reverse();
            }
            assert_eq!(keys, [1, 2, 3, 4, 5]);
        }
    }
}

/// The error is only about rows that the iteration would read.
async fn left_out_by_a_filter(database: &TestDatabase) {
    create(database, 5).await;
    database.execute("INSERT INTO walk VALUES (NULL, 0)").await;
    for order in Order::BOTH {
        for batch_size in 1..=7 {
            // The advice in the error's text.
            let rows_with_key = rows(database, order, batch_size).filter(|c| c.k.is_not_null());
            assert_eq!(rows_with_key.try_collect::<Vec<_>>().await.unwrap().len(), 5);
            let other_rows = rows(database, order, batch_size).filter(|c| c.n.ne(0));
            assert_eq!(other_rows.try_collect::<Vec<_>>().await.unwrap().len(), 5);
            let other_rows = rows(database, order, batch_size).filter_sql(|q| {
                q.push("n > ").push_bind(0);
            });
            assert_eq!(other_rows.try_collect::<Vec<_>>().await.unwrap().len(), 5);
        }
    }
}

/// NULLs that come after every cursor are found from every cursor, including the last one. NULLs
/// that come first are before the cursor, where nothing is read.
async fn behind_a_cursor(database: &TestDatabase) {
    create(database, 5).await;
    for order in Order::BOTH {
        let mut walked = rows(database, order, 2);
        while walked.try_next().await.unwrap().is_some() {
            let cursor = || walked.cursor().unwrap();
            database.execute("INSERT INTO walk VALUES (NULL, 0)").await;
            for batch_size in 1..=5 {
                let behind = batches(database, order, batch_size).after(cursor()).try_next().await;
                if order == NULLS_LAST {
                    assert_eq!(behind.unwrap_err().report(), NULL_KEY);
                } else {
                    behind.unwrap();
                }
            }
            database.execute("DELETE FROM walk WHERE k IS NULL").await;
        }
    }
}
