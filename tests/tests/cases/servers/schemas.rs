//! Schemas that are named at run time, on MySQL databases.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{CursorMismatch, Error};

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
             INSERT INTO {schema}.entries VALUES (7, 'a'), (8, 'b'), (9, 'c'); \
             INSERT INTO {schema}.archive VALUES (1, 'old')"
        ))
        .await;
    let outcome = tokio::spawn(tenants(database.pool().clone(), name)).await;
    database
        .execute(format!(
            "DROP TABLE {schema}.entries; DROP TABLE {schema}.archive; DROP SCHEMA {schema}"
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
