//! What batches, pages and errors turn into.

use std::error::Error as _;

use futures_util::TryStreamExt as _;
use serde::Serialize;
use serde_json::{Value, json};
use sqlx_chunked::{Chunked, Cursor, Error};
use sqlx_chunked_tests::Report as _;

use crate::{
    dialect::{BIGINT, TEXT},
    harness::{Entry, TestDatabase},
};

tests! { lists, pages_as_json, the_cursor_of_a_page, errors_of_sqlx, each_cause_once }

#[derive(Chunked, Debug, Serialize)]
#[chunked(table = "entries")]
struct Row {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    headline: String,
}

async fn lists(database: &TestDatabase) {
    database.create_entries(3).await;
    let batch = Entry::batch_iter(database.pool()).try_next().await.unwrap().unwrap();
    let rows: Vec<Entry> = batch.into();
    assert_eq!(rows, Entry::first(3));
    let batch = Row::batch_iter(database.pool()).batch_size(2).try_next().await.unwrap().unwrap();
    assert_eq!(
        serde_json::to_value(&batch).unwrap(),
        json!([{ "id": 1, "headline": "entry 1" }, { "id": 2, "headline": "entry 2" }])
    );
}

async fn pages_as_json(database: &TestDatabase) {
    database.create_entries(3).await;
    let rows = || Row::batch_iter(database.pool()).batch_size(2);
    let first = serde_json::to_value(rows().page().await.unwrap()).unwrap();
    assert_eq!(first["rows"][1]["id"], 2);
    assert_eq!(first["previous"], Value::Null);
    let next: Cursor<Row> = serde_json::from_value(first["next"].clone()).unwrap();
    let second = rows().after(next).page().await.unwrap();
    let last = serde_json::to_value(&second).unwrap();
    assert_eq!(last["rows"], json!([{ "id": 3, "headline": "entry 3" }]));
    assert_eq!(last["next"], Value::Null);
    assert_eq!(last["previous"], json!(second.previous.unwrap().to_string()));
    assert_eq!(last.as_object().unwrap().len(), 3);
}

async fn the_cursor_of_a_page(database: &TestDatabase) {
    database.create_entries(5).await;
    let entries = || Entry::batch_iter(database.pool()).batch_size(2);
    let mut cursor = None;
    for ids in [vec![1, 2], vec![3, 4], vec![5], vec![], vec![]] {
        let page = entries().resume(cursor.clone()).page().await.unwrap();
        assert_eq!(page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), ids);
        // There is one also if no more rows follow, or none was on the page.
        cursor = page.cursor();
        assert!(cursor.is_some());
    }
    database.insert_entries([6]).await;
    let page = entries().resume(cursor.clone()).page().await.unwrap();
    assert_eq!(page.rows, [Entry::new(6)]);
    let back = entries().before(page.cursor().unwrap()).page().await.unwrap();
    assert_eq!(back.rows, [4, 5].map(Entry::new));
    // The last row in the order of the rows, whichever way the page was reached.
    assert_eq!(back.cursor(), cursor);

    // Before the first row there is none. What comes next begins with the row of the cursor.
    let first = entries().batch_size(1).page().await.unwrap().cursor().unwrap();
    let none = entries().before(first.clone()).page().await.unwrap();
    assert_eq!(none.rows.len(), 0);
    let next = entries().after(none.cursor().unwrap()).page().await.unwrap();
    assert_eq!(next.rows, [1, 2].map(Entry::new));

    database.execute("DELETE FROM entries").await;
    assert_eq!(entries().page().await.unwrap().cursor(), None);
}

async fn errors_of_sqlx(database: &TestDatabase) {
    let read = async || -> Result<(), sqlx::Error> {
        Entry::iter(database.pool()).try_next().await?;
        Ok(())
    };
    assert!(matches!(read().await.unwrap_err(), sqlx::Error::Database(_)));

    let size = Entry::iter(database.pool()).batch_size(0).try_next().await.unwrap_err();
    let sqlx::Error::Configuration(size) = sqlx::Error::from(size) else { panic!("set up") };
    assert!(matches!(size.downcast_ref(), Some(Error::BatchSize { model: "Entry" })));

    database
        .execute(format!(
            "CREATE TABLE entries (id {BIGINT}, headline {TEXT}); INSERT INTO entries VALUES (1, NULL)"
        ))
        .await;
    let decode = Entry::iter(database.pool()).try_next().await.unwrap_err();
    let sqlx::Error::Decode(decode) = sqlx::Error::from(decode) else { panic!("a row") };
    assert!(matches!(decode.downcast_ref(), Some(Error::Decode { .. })));
}

async fn each_cause_once(database: &TestDatabase) {
    let error = Entry::iter(database.pool()).try_next().await.unwrap_err();
    let text = error.report();
    let cause = error.source().unwrap().to_string();
    assert_eq!(text, format!("cannot read `Entry` from table `entries`: {cause}"));
    assert_eq!(text.matches(&cause).count(), 1, "{text}");
    assert!(!error.to_string().contains(&cause));
}
