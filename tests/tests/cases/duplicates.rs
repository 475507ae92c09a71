//! Two rows with the same key are an error: at the end of a batch one of them would be skipped.

use futures_util::TryStreamExt as _;
use sqlx_chunked_tests::Report as _;

use crate::{
    dialect::{BIGINT, TEXT},
    harness::{Keyed, Order, TestDatabase},
};

tests! { at_every_place, more_than_two, only_past_the_limit, goes_on_once_it_is_gone, in_text }

const DUPLICATE_KEY: &str = "two rows of `Keyed` have the same key, `k` = 3: rows that tie would \
    be skipped; the columns must be unique in table `walk`";

/// Creates rows with these keys, numbered, in a column that is not unique.
async fn create(database: &TestDatabase, keys: impl IntoIterator<Item = i64>) {
    database
        .execute(format!(
            "DROP TABLE IF EXISTS walk; \
             CREATE TABLE walk (k {BIGINT} NOT NULL, n {BIGINT} NOT NULL)"
        ))
        .await;
    for (n, key) in keys.into_iter().enumerate() {
        database.execute(format!("INSERT INTO walk VALUES ({key}, {n})")).await;
    }
}

/// Returns the keys of all batches before the first error, and that error.
async fn read(database: &TestDatabase, order: Order, batch_size: usize) -> (Vec<i64>, String) {
    let batches = Keyed::<i64>::batch_iter(database.pool()).batch_size(batch_size);
    let mut batches = if order == Order::Descending { batches.reverse() } else { batches };
    let mut keys = Vec::new();
    loop {
        match batches.try_next().await {
            Ok(Some(batch)) => keys.extend(batch.iter().map(|row| row.k)),
            Ok(None) => return (keys, "no error".to_owned()),
            Err(error) => return (keys, error.report()),
        }
    }
}

/// Duplicates within a batch, and as its last row and the first row of the next.
async fn at_every_place(database: &TestDatabase) {
    for place in 0..6 {
        // The key 3 twice, after `place` smaller ones.
        let keys: Vec<_> = (3 - place..3).chain([3]).chain(3..9 - place).collect();
        create(database, keys.iter().copied()).await;
        for order in Order::BOTH {
            let mut keys = keys.clone();
            if order == Order::Descending {
                keys.reverse();
            }
            let first = keys.iter().position(|key| *key == 3).unwrap();
            for batch_size in 1..=keys.len() + 1 {
                let (handed_out, error) = read(database, order, batch_size).await;
                // All batches before the one that would end between the two, or that holds both.
                assert_eq!(handed_out, keys[..first / batch_size * batch_size]);
                assert_eq!(error, DUPLICATE_KEY, "{keys:?} in batches of {batch_size}");
            }
        }
    }
}

async fn more_than_two(database: &TestDatabase) {
    for count in 3..=6 {
        create(database, [3].repeat(count)).await;
        for order in Order::BOTH {
            for batch_size in 1..=count + 1 {
                let (handed_out, error) = read(database, order, batch_size).await;
                assert_eq!(handed_out, [0; 0]);
                assert_eq!(error, DUPLICATE_KEY, "{count} rows in batches of {batch_size}");
            }
        }
    }
}

/// Rows that are not read are not compared: the limit alone decides where to stop.
async fn only_past_the_limit(database: &TestDatabase) {
    create(database, [1, 2, 3, 3]).await;
    for batch_size in 1..=5 {
        let rows = Keyed::<i64>::iter(database.pool()).batch_size(batch_size).limit(3);
        let keys: Vec<_> = rows.map_ok(|row| row.k).try_collect().await.unwrap();
        assert_eq!(keys, [1, 2, 3], "batches of {batch_size}");
    }
}

async fn goes_on_once_it_is_gone(database: &TestDatabase) {
    for batch_size in 1..=6 {
        create(database, [1, 2, 3, 3, 4, 5]).await;
        let mut rows = Keyed::<i64>::iter(database.pool()).batch_size(batch_size);
        let mut keys = Vec::new();
        let error = loop {
            match rows.try_next().await {
                Ok(row) => keys.push(row.expect("an error before the end").k),
                Err(error) => break error,
            }
        };
        assert_eq!(error.report(), DUPLICATE_KEY);
        assert_eq!(rows.try_next().await.unwrap_err().report(), DUPLICATE_KEY);
        database.execute("DELETE FROM walk WHERE n = 3").await;
        let rest: Vec<_> = rows.map_ok(|row| row.k).try_collect().await.unwrap();
        keys.extend(rest);
        assert_eq!(keys, [1, 2, 3, 4, 5], "batches of {batch_size}");
    }
}

/// The error shows the key as SQL.
async fn in_text(database: &TestDatabase) {
    database.execute(format!("CREATE TABLE walk (k {TEXT} NOT NULL, n {BIGINT} NOT NULL)")).await;
    database.execute("INSERT INTO walk VALUES ('it''s', 1), ('it''s', 2)").await;
    for batch_size in 1..=3 {
        let mut rows = Keyed::<String>::iter(database.pool()).batch_size(batch_size);
        assert_eq!(
            rows.try_next().await.unwrap_err().report(),
            "two rows of `Keyed` have the same key, `k` = 'it''s': rows that tie would be skipped; \
             the columns must be unique in table `walk`"
        );
    }
}
