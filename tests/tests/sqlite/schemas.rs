//! `schema = "…"`: SQLite's own, and attached files.

use futures_util::TryStreamExt as _;
use sqlx_chunked::Chunked;

use crate::harness::{Entry, TestDatabase};

tests! { main, attached, joined }

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

/// Tables of the same name in two files, the other one under an alias; and one that is qualified by
/// its file.
async fn joined(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(
        schema = "main",
        table = "entries",
        join = "JOIN archive.entries AS old ON old.id = entries.id \
                JOIN archive.notes ON notes.id = old.id"
    )]
    struct Compared {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        headline: String,
        #[chunked(column = "old.headline")]
        old: String,
        #[chunked(column = "archive.notes.headline")]
        note: String,
    }

    database.create_entries(4).await;
    let mut connection = database.connect().await;
    sqlx::raw_sql(
        "ATTACH ':memory:' AS archive;
         CREATE TABLE archive.entries (id INTEGER PRIMARY KEY, headline TEXT NOT NULL);
         CREATE TABLE archive.notes (id INTEGER PRIMARY KEY, headline TEXT NOT NULL);
         INSERT INTO archive.entries VALUES (1, 'b'), (2, 'a'), (4, 'b');
         INSERT INTO archive.notes SELECT id, id || headline FROM archive.entries",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    for batch_size in 1..=4 {
        let rows = Compared::iter(&mut connection)
            .filter(|c| c.note.ne("none"))
            .order_by(|c| c.old.asc().then(c.id.desc()))
            .batch_size(batch_size);
        let rows: Vec<_> = rows
            .map_ok(|row| (row.id, format!("{}, {}, {}", row.headline, row.old, row.note)))
            .try_collect()
            .await
            .unwrap();
        let row = |id, old| (id, format!("entry {id}, {old}, {id}{old}"));
        assert_eq!(rows, [row(2, "a"), row(4, "b"), row(1, "b")]);
    }
}
