//! Schemas that are named at run time, on MySQL databases.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Chunked, CursorMismatch, Error};

use crate::{
    dialect::{BIGINT, TEXT, quoted},
    harness::{Entry, TestDatabase},
};

tests! { a_schema_per_tenant }

/// Two tenants have a table of the same name, and one of them is only found by its schema.
async fn a_schema_per_tenant(database: &TestDatabase) {
    database.create_entries(3).await;
    let name = format!("tenant \"7` of {}", std::process::id());
    let schema = quoted(&name);
    database
        .execute(format!(
            "CREATE SCHEMA {schema}; \
             CREATE TABLE {schema}.entries (id {BIGINT} NOT NULL PRIMARY KEY, headline {TEXT} NOT NULL); \
             CREATE TABLE {schema}.archive (id {BIGINT} NOT NULL PRIMARY KEY, headline {TEXT} NOT NULL); \
             CREATE TABLE {schema}.notes (id {BIGINT} NOT NULL PRIMARY KEY, entry_id {BIGINT} NOT NULL); \
             INSERT INTO {schema}.notes VALUES (1, 8), (2, 8), (3, 7); \
             INSERT INTO {schema}.entries VALUES (7, 'a'), (8, 'b'), (9, 'c'); \
             INSERT INTO {schema}.archive VALUES (1, 'old')"
        ))
        .await;
    let outcome = tokio::spawn(tenants(database.pool().clone(), name)).await;
    database
        .execute(format!(
            "DROP TABLE {schema}.entries; DROP TABLE {schema}.archive; \
             DROP TABLE {schema}.notes; DROP SCHEMA {schema}"
        ))
        .await;
    outcome.unwrap();
}

async fn tenants(pool: sqlx::Pool<crate::Db>, name: String) {
    for batch_size in 1..=4 {
        let entries = Entry::iter(&pool)
            .schema(name.as_str())
            .filter(|e| e.headline.ne("b"))
            .filter_sql(|q| {
                q.push("entries.id > ").push_bind(0_i64);
            })
            .order_by(|e| e.headline.desc().then(e.id.asc()))
            .up_to_now()
            .batch_size(batch_size);
        let ids: Vec<_> = entries.map_ok(|entry| entry.id).try_collect().await.unwrap();
        assert_eq!(ids, [9, 7]);
    }
    related(&pool, &name).await;
    let archive = Entry::iter(&pool).schema(name.as_str()).table("archive");
    assert_eq!(archive.map_ok(|e| e.id).try_collect::<Vec<_>>().await.unwrap(), [1]);

    let mut entries = Entry::iter(&pool).schema(name.as_str());
    entries.try_next().await.unwrap();
    let cursor: sqlx_chunked::Cursor<Entry> =
        entries.cursor().unwrap().to_string().parse().unwrap();
    let rest = Entry::iter(&pool).schema(name.as_str()).after(cursor.clone());
    assert_eq!(rest.map_ok(|e| e.id).try_collect::<Vec<_>>().await.unwrap(), [8, 9]);
    for entries in [
        Entry::iter(&pool).after(cursor.clone()),
        Entry::iter(&pool).schema("another").after(cursor.clone()),
        Entry::iter(&pool).schema(name.as_str()).table("archive").after(cursor),
    ] {
        let error = entries.try_collect::<Vec<_>>().await.unwrap_err();
        assert!(matches!(error, Error::Cursor { reason: CursorMismatch::Table, .. }), "{error}");
    }
}

#[derive(Chunked, Debug)]
#[chunked(table = "notes")]
struct Note {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    entry_id: i64,
}

/// Related rows are those of the same tenant: `notes` is in no other schema, and the entries of
/// the others have other numbers.
async fn related(pool: &sqlx::Pool<crate::Db>, name: &str) {
    let entries = Entry::iter(pool).with_many::<Note>(|n| n.entry_id).schema(name);
    let entries: Vec<_> = entries.try_collect().await.unwrap();
    let notes: Vec<Vec<_>> = entries
        .iter()
        .map(|(_, notes)| notes.iter().map(|note| (note.id, note.entry_id)).collect())
        .collect();
    assert_eq!(notes, [vec![(3, 7)], vec![(1, 8), (2, 8)], vec![]]);

    let notes = Note::iter(pool)
        .schema(name)
        .with_one::<Entry>(|n| n.entry_id)
        .with_optional::<Entry>(|n| n.entry_id);
    let notes: Vec<_> = notes.try_collect().await.unwrap();
    let headlines = |(_, entry, same): &(Note, std::sync::Arc<Entry>, _)| {
        assert_eq!(Some(entry), Option::as_ref(same));
        entry.headline.clone()
    };
    assert_eq!(notes.iter().map(headlines).collect::<Vec<_>>(), ["b", "b", "a"]);

    let linked = Entry::iter(pool)
        .schema(name)
        .with_many_through::<Note, Entry>(|n| n.entry_id, |n| n.entry_id);
    let linked: Vec<_> = linked.try_collect().await.unwrap();
    assert_eq!(linked.iter().map(|(_, far)| far.len()).collect::<Vec<_>>(), [1, 2, 0]);
}
