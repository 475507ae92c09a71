//! Batches of so many rows that a thread hands them over in portions, which are decoded while it reads
//! the next ones: whatever a later portion has, the rows are those that sqlx reads.

use std::{fmt::Debug, time::Duration};

use futures_util::{FutureExt as _, TryStreamExt as _};
use sqlx::{Connection as _, SqlitePool, Type, sqlite::SqlitePoolOptions};
use sqlx_chunked::Chunked;
use sqlx_chunked_tests::{Report as _, outcome_of, statements::record};
use tokio::task::yield_now;

use crate::harness::TestDatabase;

tests! {
    every_batch_size,
    values_that_no_earlier_portion_has,
    a_bad_value,
    a_bad_value_before_a_slow_row,
    a_key_twice,
    large_rows,
    a_statement_that_is_read_again_is_logged_once,
    dropped_between_portions,
}

const ROWS: i64 = 1_000;

/// Around the size of a portion, and of several.
const BATCH_SIZES: [usize; 9] = [1, 127, 128, 129, 255, 257, 999, 1_000, 3_000];

#[derive(Debug, PartialEq, Type)]
#[sqlx(rename_all = "lowercase")]
enum State {
    Open,
    Paid,
    Shipped,
}

#[derive(Debug, PartialEq, Chunked)]
#[chunked(table = "portions")]
struct Row {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    number: i64,
    name: String,
    state: Option<State>,
    picture: Vec<u8>,
}

/// Creates a table whose column of states is an expression of the id.
async fn create(database: &TestDatabase, state: &str) {
    database
        .execute("CREATE TABLE portions (id INTEGER, number, name TEXT, state TEXT, picture BLOB)")
        .await;
    database.execute("CREATE INDEX by_id ON portions (id)").await;
    database
        .execute(format!(
            "WITH RECURSIVE ids (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM ids WHERE id < {ROWS}) \
             INSERT INTO portions SELECT id, id * 7, 'row ' || id, {state}, zeroblob(id % 9) FROM ids"
        ))
        .await;
}

/// Returns everything that an iteration yields, up to and including the first error.
async fn outcome(pool: &SqlitePool, batch_size: usize, direct: bool) -> Vec<String> {
    outcome_of(Row::iter(pool).batch_size(batch_size).direct(direct)).await
}

/// Compares both routes, and returns what they yield.
async fn alike(pool: &SqlitePool) -> Vec<String> {
    let expected = outcome(pool, 1, false).await;
    for batch_size in BATCH_SIZES {
        for direct in [true, false] {
            let found = outcome(pool, batch_size, direct).await;
            assert_eq!(found, expected, "{batch_size} a batch, direct: {direct}");
        }
    }
    expected
}

async fn every_batch_size(database: &TestDatabase) {
    create(database, "CASE id % 3 WHEN 0 THEN 'open' WHEN 1 THEN 'paid' END").await;
    assert_eq!(alike(database.pool()).await.len(), 1_000);

    let pool = database.pool_of(1);
    let before = pool.acquire().await.unwrap().cached_statements_size();
    assert_eq!(outcome(&pool, 1_000, true).await.len(), 1_000);
    let after = pool.acquire().await.unwrap().cached_statements_size();
    assert_eq!(before, after, "sqlx has prepared something");
    pool.close().await;
}

/// Rows of earlier portions were decoded when a value comes that was not seen before.
async fn values_that_no_earlier_portion_has(database: &TestDatabase) {
    let state = "CASE WHEN id < 300 THEN NULL WHEN id < 600 THEN 'open' WHEN id < 1000 THEN 'paid' \
                 ELSE 'shipped' END";
    create(database, state).await;
    let rows = alike(database.pool()).await;
    assert_eq!(rows.len(), 1_000);
    assert!(rows[299].contains("Open") && rows[999].contains("Shipped"));
}

async fn a_bad_value(database: &TestDatabase) {
    create(database, "'open'").await;
    for (id, column, value) in [
        (1, "number", "'x'"),
        (128, "number", "'x'"),
        (129, "number", "1.5"),
        (300, "state", "'gone'"),
        (301, "name", "x'ff'"),
        (1_000, "number", "NULL"),
    ] {
        let change =
            |value: &str| format!("UPDATE portions SET {column} = {value} WHERE id = {id}");
        database.execute(change(value)).await;
        let rows = alike(database.pool()).await;
        assert_eq!(rows.len(), id, "the rows before it, and an error: {:?}", rows.last());
        assert!(rows[id - 1].contains(column), "{}", rows[id - 1]);
        let good = match column {
            "number" => (id * 7).to_string(),
            "name" => format!("'row {id}'"),
            _ => "'open'".to_owned(),
        };
        database.execute(change(&good)).await;
    }
    assert_eq!(alike(database.pool()).await.len(), 1_000);
}

/// The driver takes over only when the thread has given the connection back, which is the only one of the
/// pool.
async fn a_bad_value_before_a_slow_row(database: &TestDatabase) {
    const SLOW: &str = "CASE WHEN id = 200 THEN (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL \
                        SELECT i + 1 FROM n WHERE i < 1000000) SELECT count(*) FROM n) > 0 ELSE 1 END";
    create(database, "'open'").await;
    database.execute("UPDATE portions SET number = 'x' WHERE id = 2").await;
    let options = SqlitePoolOptions::new().max_connections(1);
    let options = options.acquire_timeout(Duration::from_millis(60));
    let pool = options.connect_with(database.options()).await.unwrap();
    let mut rows = Row::iter(&pool).filter_sql(|q| {
        q.push(SLOW);
    });
    assert_eq!(rows.try_next().await.unwrap().unwrap().id, 1);
    let error = rows.try_next().await.unwrap_err().report();
    assert!(error.contains("number"), "{error}");
    drop(rows);
    pool.close().await;
}

/// The two rows are in one portion, in two, or in two batches.
async fn a_key_twice(database: &TestDatabase) {
    create(database, "'open'").await;
    for id in [2, 128, 129, 500, 1_000] {
        let change = |id: i64, twice: i64| {
            format!("UPDATE portions SET id = {id} WHERE id = {twice} AND number = {}", twice * 7)
        };
        database.execute(change(id - 1, id)).await;
        for direct in [true, false] {
            let rows = outcome(database.pool(), 3_000, direct).await;
            let error = rows.last().unwrap();
            assert!(error.contains(&format!("{}", id - 1)), "{error}");
            assert!(rows.len() <= usize::try_from(id).unwrap(), "{error}");
        }
        let back = format!("UPDATE portions SET id = {id} WHERE number = {}", id * 7);
        database.execute(back).await;
    }
    assert_eq!(alike(database.pool()).await.len(), 1_000);
}

/// A few of them make a portion.
async fn large_rows(database: &TestDatabase) {
    create(database, "'open'").await;
    database.execute("DELETE FROM portions WHERE id > 40").await;
    database.execute("UPDATE portions SET picture = randomblob(100000) WHERE id % 2 = 0").await;
    database.execute("UPDATE portions SET picture = randomblob(2000000) WHERE id = 20").await;
    assert_eq!(alike(database.pool()).await.len(), 40);
}

async fn a_statement_that_is_read_again_is_logged_once(database: &TestDatabase) {
    create(database, "CASE WHEN id < 400 THEN 'open' ELSE 'paid' END").await;
    let rows = Row::iter(database.pool()).batch_size(500).try_collect::<Vec<_>>();
    let (rows, statements) = record("portions", rows).await;
    assert_eq!(rows.unwrap().len(), 1_000);
    assert_eq!(statements.len(), 2, "{statements:#?}");
}

/// On the same connection, everything is there afterwards.
async fn dropped_between_portions(database: &TestDatabase) {
    create(database, "'open'").await;
    let pool = database.pool_of(1);
    let expected = Row::iter(&pool).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(expected.len(), 1_000);
    for turns in 0..20 {
        let mut batches = Row::batch_iter(&pool);
        for _ in 0..turns {
            if batches.try_next().now_or_never().is_some() {
                break;
            }
            yield_now().await;
        }
        drop(batches);
        let rows = Row::iter(&pool).try_collect::<Vec<_>>().await.unwrap();
        assert_eq!(rows, expected);
    }
    // The same iterator goes on with the batch that was under way.
    let mut batches = Row::batch_iter(&pool).batch_size(500);
    let mut rows = Vec::new();
    for _ in 0..20 {
        if let Some(batch) = batches.try_next().now_or_never() {
            rows.extend(batch.unwrap().into_iter().flatten());
        }
        yield_now().await;
    }
    while let Some(batch) = batches.try_next().await.unwrap() {
        rows.extend(batch);
    }
    assert_eq!(rows, expected);
    pool.close().await;
}
