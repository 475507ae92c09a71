//! Tables that another connection changes during a read.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Chunked, Error};

use crate::harness::{Entry, TestDatabase};

tests! { columns_are_added, columns_are_replaced, columns_are_dropped, named_columns }

/// A model that selects all columns of the table.
#[derive(Chunked, Debug, PartialEq)]
#[chunked(table = "things")]
struct Thing {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    name: String,
    #[sqlx(default)]
    colour: Option<String>,
}

async fn create(database: &TestDatabase) {
    database
        .execute(
            "DROP TABLE IF EXISTS things; \
             CREATE TABLE things (id INTEGER PRIMARY KEY, size INTEGER, name TEXT NOT NULL); \
             WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20) \
             INSERT INTO things SELECT n, -n, 'thing ' || n FROM numbers",
        )
        .await;
}

/// Reads two batches of two, has the table changed, and reads on; then reads again on the same
/// pool.
async fn walk(database: &TestDatabase, change: &str) -> (Result<Vec<Thing>, Error>, Vec<Thing>) {
    create(database).await;
    let pool = database.pool_of(1);
    let mut things = Thing::iter(&pool).batch_size(2);
    let mut read = Vec::new();
    for _ in 0..4 {
        read.push(things.try_next().await.unwrap().unwrap());
    }
    database.execute(change).await;
    let rest = things.try_collect::<Vec<_>>().await;
    let again = Thing::iter(&pool).batch_size(7).try_collect().await.unwrap();
    pool.close().await;
    let read = rest.map(|rest| {
        read.extend(rest);
        read
    });
    (read, again)
}

fn expected(colour: Option<&str>, from: i64) -> Vec<Thing> {
    (1..=20)
        .map(|id| Thing {
            id,
            name: format!("thing {id}"),
            colour: colour.filter(|_| id >= from).map(str::to_owned),
        })
        .collect()
}

async fn columns_are_added(database: &TestDatabase) {
    for count in 1..=3 {
        let added: Vec<_> = (0..count)
            .map(|n| format!("ALTER TABLE things ADD COLUMN c{n} TEXT DEFAULT 'x'"))
            .collect();
        let (read, again) = walk(database, &added.join(";")).await;
        assert_eq!(read.unwrap(), expected(None, 1));
        assert_eq!(again, expected(None, 1));
    }
    let change = "ALTER TABLE things ADD COLUMN colour TEXT DEFAULT 'red'";
    let (read, again) = walk(database, change).await;
    assert_eq!(read.unwrap(), expected(Some("red"), 5), "from the third batch on");
    assert_eq!(again, expected(Some("red"), 1));
}

async fn columns_are_replaced(database: &TestDatabase) {
    let change = "ALTER TABLE things DROP COLUMN size; ALTER TABLE things ADD COLUMN size INTEGER; \
                  ALTER TABLE things ADD COLUMN colour TEXT DEFAULT 'red'";
    let (read, again) = walk(database, change).await;
    assert_eq!(read.unwrap(), expected(Some("red"), 5));
    assert_eq!(again, expected(Some("red"), 1));
}

async fn columns_are_dropped(database: &TestDatabase) {
    let (read, again) = walk(database, "ALTER TABLE things DROP COLUMN size").await;
    assert_eq!(read.unwrap(), expected(None, 1));
    assert_eq!(again, expected(None, 1));
}

/// A model that names its columns is not affected.
async fn named_columns(database: &TestDatabase) {
    database.create_entries(20).await;
    for direct in [false, true] {
        let mut entries = Entry::iter(database.pool()).batch_size(3).direct(direct);
        let mut read = vec![entries.try_next().await.unwrap().unwrap()];
        database
            .execute(format!(
                "ALTER TABLE entries ADD COLUMN a; ALTER TABLE entries RENAME COLUMN a TO b{direct}"
            ))
            .await;
        read.extend(entries.try_collect::<Vec<_>>().await.unwrap());
        assert_eq!(read, Entry::first(20));
    }
}
