//! The SQL that is sent, word for word.

use futures_util::TryStreamExt as _;
use sqlx_chunked_tests::statements::record;

use crate::harness::{Entry, TestDatabase};

tests! { ascending, descending, filtered, after_the_last_row }

const SELECT: &str = r#"SELECT "entries"."id", "entries"."headline""#;

async fn sent(rows: impl futures_util::TryStream<Error = sqlx_chunked::Error>) -> Vec<String> {
    let (rows, statements) = record("entries", rows.try_for_each(async |_| Ok(()))).await;
    rows.unwrap();
    statements.into_iter().map(|statement| statement.sql).collect()
}

async fn ascending(database: &TestDatabase) {
    database.create_entries(3).await;
    assert_eq!(
        sent(Entry::iter(database.pool()).batch_size(2)).await,
        [
            format!(r#"{SELECT} FROM "entries" ORDER BY "entries"."id" ASC LIMIT ?"#),
            format!(
                r#"{SELECT} FROM "entries" WHERE ("entries"."id" > ?) ORDER BY "entries"."id" ASC LIMIT ?"#
            ),
        ]
    );
}

/// NULLs come last here, and are asked for.
async fn descending(database: &TestDatabase) {
    database.create_entries(3).await;
    assert_eq!(
        sent(Entry::iter(database.pool()).batch_size(2).reverse()).await,
        [
            format!(
                r#"{SELECT}, EXISTS (SELECT 1 FROM "entries" WHERE ("entries"."id" IS NULL)) AS "sqlx_chunked_has_nulls" FROM "entries" ORDER BY "entries"."id" DESC LIMIT ?"#
            ),
            format!(
                r#"{SELECT} FROM "entries" WHERE ("entries"."id" < ?) ORDER BY "entries"."id" DESC LIMIT ?"#
            ),
        ]
    );
}

/// Every condition stands in parentheses of its own.
async fn filtered(database: &TestDatabase) {
    database.create_entries(3).await;
    let rows = Entry::iter(database.pool())
        .filter(|e| e.id.eq(1).or(!e.headline.is_in(["a", "b"])))
        .filter_sql(|q| {
            q.push("length(headline) > ").push_bind(1);
        })
        .range(1..9)
        .batch_size(2);
    let filters = r#"(("entries"."id" = ?) OR (NOT ("entries"."headline" IN (?, ?)))) AND (length(headline) > ?) AND ("entries"."id" >= ?) AND ("entries"."id" < ?)"#;
    assert_eq!(
        sent(rows).await,
        [
            format!(
                r#"{SELECT} FROM "entries" WHERE {filters} ORDER BY "entries"."id" ASC LIMIT ?"#
            ),
            format!(
                r#"{SELECT} FROM "entries" WHERE {filters} AND ("entries"."id" > ?) ORDER BY "entries"."id" ASC LIMIT ?"#
            ),
        ]
    );
}

async fn after_the_last_row(database: &TestDatabase) {
    database.create_entries(1).await;
    let mut rows = Entry::iter(database.pool()).reverse();
    rows.try_next().await.unwrap();
    let sent = sent(Entry::iter(database.pool()).reverse().after(rows.cursor().unwrap())).await;
    assert_eq!(
        sent.last().unwrap(),
        r#"SELECT EXISTS (SELECT 1 FROM "entries" WHERE ("entries"."id" IS NULL))"#
    );
    assert_eq!(sent.len(), 2);
}
