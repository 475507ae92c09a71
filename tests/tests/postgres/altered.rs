//! Tables that another session changes during a read: a prepared statement no longer fits.

use futures_util::TryStreamExt as _;
use sqlx::Connection as _;
use sqlx_chunked::Chunked;
use sqlx_chunked_tests::Report as _;

use crate::harness::{Entry, TestDatabase};

tests! { all_columns, a_wider_type, in_a_transaction, a_cursor_of_another_type }

#[derive(Chunked, Debug)]
#[chunked(table = "entries")]
struct Thing {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[sqlx(default)]
    #[expect(dead_code, reason = "selects all columns")]
    colour: Option<String>,
}

const CHANGES: [&str; 3] = [
    "ALTER TABLE entries ADD COLUMN colour TEXT DEFAULT 'red'",
    "ALTER TABLE entries DROP COLUMN colour; ALTER TABLE entries ADD COLUMN size INT",
    "ALTER TABLE entries DROP COLUMN size",
];

/// On each connection of the pool, at every batch size, again and again.
async fn all_columns(database: &TestDatabase) {
    database.create_entries(20).await;
    let pool = database.pool_of(1);
    for change in CHANGES {
        for batch_size in [2, 3, 19] {
            let ids = || Thing::iter(&pool).batch_size(batch_size).map_ok(|thing| thing.id);
            let mut things = ids();
            let mut read = vec![things.try_next().await.unwrap().unwrap()];
            if batch_size == 2 {
                database.execute(change).await;
            }
            read.extend(things.try_collect::<Vec<_>>().await.unwrap());
            assert_eq!(read, (1..=20).collect::<Vec<_>>(), "{change}");
            assert_eq!(ids().try_collect::<Vec<_>>().await.unwrap(), read, "on the same pool");
        }
    }
    pool.close().await;
}

/// A model that names its columns is affected if a type changes.
async fn a_wider_type(database: &TestDatabase) {
    database.create_entries(20).await;
    let pool = database.pool_of(1);
    let mut entries = Entry::iter(&pool).batch_size(3);
    let mut read = vec![entries.try_next().await.unwrap().unwrap()];
    database.execute("ALTER TABLE entries ALTER COLUMN headline TYPE VARCHAR(99)").await;
    read.extend(entries.try_collect::<Vec<_>>().await.unwrap());
    assert_eq!(read, Entry::first(20));
    pool.close().await;
}

/// In a transaction, an error ends it, and is reported in the server's words.
async fn in_a_transaction(database: &TestDatabase) {
    database.create_entries(5).await;
    let mut connection = database.connect().await;
    let things: Vec<_> = Thing::iter(&mut connection).batch_size(2).try_collect().await.unwrap();
    assert_eq!(things.len(), 5);
    database.execute(CHANGES[0]).await;
    let mut transaction = connection.begin().await.unwrap();
    let error = Thing::iter(&mut transaction).batch_size(2).try_next().await.unwrap_err();
    assert!(error.report().contains("cached plan"), "{error}");
    drop(transaction);
    let things: Vec<_> = Thing::iter(&mut connection).batch_size(2).try_collect().await.unwrap();
    assert_eq!(things.len(), 5);
}

/// A cursor stays valid if an integer became wider, but not if a text became another type.
async fn a_cursor_of_another_type(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "codes")]
    struct Code {
        #[chunk_key]
        #[chunked(primary_key)]
        id: super::caching::Wide,
        #[chunked(unique)]
        #[expect(dead_code, reason = "only ordered by")]
        code: String,
    }

    database
        .execute(
            "CREATE TABLE codes (id INT PRIMARY KEY, code CHAR(3) NOT NULL UNIQUE); \
             INSERT INTO codes VALUES (1, 'a'), (2, 'b'), (3, 'B'), (4, 'c')",
        )
        .await;
    let mut by_id = Code::iter(database.pool());
    by_id.try_next().await.unwrap();
    let mut by_code = Code::iter(database.pool()).order_by(|c| c.code.asc());
    by_code.try_next().await.unwrap();
    let (by_id, by_code) = (by_id.cursor().unwrap(), by_code.cursor().unwrap());
    database
        .execute("ALTER TABLE codes ALTER id TYPE BIGINT; ALTER TABLE codes ALTER code TYPE TEXT")
        .await;
    let rest = Code::iter(database.pool()).after(by_id).map_ok(|code| code.id.0);
    assert_eq!(rest.try_collect::<Vec<_>>().await.unwrap(), [2, 3, 4]);
    let mut rest = Code::iter(database.pool()).order_by(|c| c.code.asc()).after(by_code);
    let error = rest.try_next().await.map(|_| ()).unwrap_err();
    assert!(error.report().contains("begin anew"), "{error}");
}
