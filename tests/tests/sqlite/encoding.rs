//! The walk over text in a file that keeps it in UTF-16, while all values are bound in UTF-8.

use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};

use super::keys::texts;
use crate::{
    cases::{random, walk},
    harness::{Column, TestDatabase},
};

tests! { little_endian, big_endian }

async fn little_endian(database: &TestDatabase) {
    walks(database, "UTF-16le").await;
}

async fn big_endian(database: &TestDatabase) {
    walks(database, "UTF-16be").await;
}

async fn walks(database: &TestDatabase, encoding: &'static str) {
    // The first connection decides the encoding, and no other has been opened yet.
    let mut first = SqliteConnectOptions::new()
        .filename(database.options().get_filename())
        .create_if_missing(true)
        .pragma("encoding", format!("'{encoding}'"))
        .connect()
        .await
        .unwrap();
    sqlx::raw_sql("CREATE TABLE first (id INTEGER)").execute(&mut first).await.unwrap();
    let kept: String =
        sqlx::query_scalar("PRAGMA encoding").fetch_one(database.pool()).await.unwrap();
    assert_eq!(kept, encoding);

    let column = Column::new("TEXT NOT NULL UNIQUE", texts());
    random::walks::<String>(database, &column).await;
    database.execute("DROP TABLE walk").await;
    walk::ranges::<String>(database, &column).await;
    database.execute("DROP TABLE walk").await;
    walk::every_batch_size::<String>(database, &column).await;
}
