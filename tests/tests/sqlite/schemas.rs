//! `schema = "…"`: SQLite's own, and attached files.

use futures_util::TryStreamExt as _;
use sqlx_chunked::Chunked;

use crate::harness::{Entry, TestDatabase};

tests! { main, attached }

async fn main(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(schema = "main", table = "entries")]
    struct MainEntry {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
    }

    database.create_entries(5).await;
    let rows = MainEntry::iter(database.pool())
        .filter(|e| e.id.ne(2))
        .order_by(|e| e.id.desc())
        .range(1..5)
        .batch_size(1);
    let ids: Vec<_> = rows.map_ok(|row| row.id).try_collect().await.unwrap();
    assert_eq!(ids, [4, 3, 1]);
}

/// A table of the same name in another file.
async fn attached(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(schema = "the archive", table = "entries")]
    struct Archived {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
    }

    database.create_entries(2).await;
    let mut connection = database.connect().await;
    sqlx::raw_sql(
        r#"ATTACH ':memory:' AS "the archive";
           CREATE TABLE "the archive".entries (id INTEGER PRIMARY KEY, headline TEXT);
           INSERT INTO "the archive".entries (id) VALUES (7), (8), (9)"#,
    )
    .execute(&mut connection)
    .await
    .unwrap();
    for reverse in [false, true] {
        let rows = Archived::iter(&mut connection).batch_size(1);
        let rows = if reverse { rows.reverse() } else { rows };
        let mut ids: Vec<_> = rows.map_ok(|row| row.id).try_collect().await.unwrap();
        ids.sort_unstable();
        assert_eq!(ids, [7, 8, 9]);
    }
    let entries: Vec<_> = Entry::iter(&mut connection).try_collect().await.unwrap();
    assert_eq!(entries, Entry::first(2));
}
