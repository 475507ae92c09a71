//! `count` and `to_sql`: what an iteration would do, without doing it.

use futures_util::TryStreamExt as _;
use sqlx_chunked::Error;
use sqlx_chunked_tests::statements::record;

use crate::harness::{Entry, TestDatabase};

tests! { counts, one_statement, after_the_first_poll, the_text_that_is_sent, options_after_to_sql }

async fn counts(database: &TestDatabase) {
    database.create_entries(10).await;
    let entries = || Entry::iter(database.pool());
    let mut rows = entries();
    for _ in 0..4 {
        rows.try_next().await.unwrap();
    }
    let cursor = rows.cursor().unwrap();
    let after = |cursor| Entry::batch_iter(database.pool()).batch_size(2).after(cursor);
    assert_eq!(entries().count().await.unwrap(), 10);
    assert_eq!(entries().limit(3).count().await.unwrap(), 3);
    assert_eq!(entries().limit(30).count().await.unwrap(), 10);
    assert_eq!(entries().limit(0).count().await.unwrap(), 0);
    assert_eq!(entries().range(3..=5).count().await.unwrap(), 3);
    assert_eq!(entries().filter(|e| e.headline.ne("entry 1")).count().await.unwrap(), 9);
    assert_eq!(after(cursor.clone()).count().await.unwrap(), 6);
    assert_eq!(after(cursor.clone()).reverse().count().await.unwrap(), 3);
    assert_eq!(after(cursor.clone()).limit(2).count().await.unwrap(), 2);
    assert_eq!(entries().before(cursor).up_to_now().count().await.unwrap(), 3);
    let with_related = entries().with_many::<Entry>(|e| e.id).limit(5);
    assert_eq!(with_related.count().await.unwrap(), 5);
    let mut connection = database.connect().await;
    assert_eq!(Entry::iter(&mut connection).count().await.unwrap(), 10);
}

async fn one_statement(database: &TestDatabase) {
    database.create_entries(10).await;
    let entries = Entry::batch_iter(database.pool()).batch_size(1).persistent(false);
    let (count, statements) = record("entries", entries.count()).await;
    assert_eq!(count.unwrap(), 10);
    assert_eq!(statements.len(), 1, "{statements:?}");
    assert_eq!(statements[0].rows, 1);
}

async fn after_the_first_poll(database: &TestDatabase) {
    database.create_entries(2).await;
    let mut entries = Entry::iter(database.pool());
    entries.try_next().await.unwrap();
    let error = entries.count().await.unwrap_err();
    assert!(matches!(error, Error::Started { method: "count", .. }), "{error}");
}

async fn the_text_that_is_sent(database: &TestDatabase) {
    database.create_entries(7).await;
    for up_to_now in [false, true] {
        let mut entries = Entry::batch_iter(database.pool())
            .batch_size(2)
            .filter(|e| e.id.ne(3))
            .filter_sql(|q| {
                q.push("headline <> ").push_bind("x");
            });
        if up_to_now {
            entries = entries.up_to_now();
        }
        loop {
            let text = entries.to_sql();
            assert_eq!(text, entries.to_sql(), "the same, however often it is asked");
            let (batch, statements) = record("entries", entries.try_next()).await;
            let Some(_) = batch.unwrap() else {
                assert_eq!(text, "");
                break;
            };
            assert_eq!(statements[0].sql.trim(), text.trim());
        }
    }
}

async fn options_after_to_sql(database: &TestDatabase) {
    database.create_entries(5).await;
    let mut entries = Entry::iter(database.pool());
    let text = entries.to_sql();
    assert!(text.contains("entries"), "{text}");
    let entries = entries.filter(|e| e.id.ge(4)).batch_size(1);
    assert_eq!(entries.try_collect::<Vec<_>>().await.unwrap(), [4, 5].map(Entry::new));
}
