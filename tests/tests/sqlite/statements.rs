//! The SQL that is sent, word for word.

use futures_util::{TryStream, TryStreamExt as _};
use sqlx_chunked::Error;
use sqlx_chunked_tests::statements::record;

use crate::harness::{Entry, TestDatabase};

tests! { ascending, descending, filtered, behind_the_last_row }

/// Reads all rows, and compares the statements that it took, each of them in one line.
async fn sends<const N: usize>(rows: impl TryStream<Error = Error>, expected: [&str; N]) {
    let (rows, statements) = record("entries", rows.try_for_each(async |_| Ok(()))).await;
    rows.unwrap();
    let sent: Vec<_> = statements.into_iter().map(|statement| statement.sql).collect();
    assert_eq!(sent, expected.map(|sql| sql.split_whitespace().collect::<Vec<_>>().join(" ")));
}

async fn ascending(database: &TestDatabase) {
    database.create_entries(3).await;
    sends(
        Entry::iter(database.pool()).batch_size(2),
        [
            r#"SELECT "entries"."id", "entries"."headline" FROM "entries"
               ORDER BY "entries"."id" ASC LIMIT ? + 0"#,
            r#"SELECT "entries"."id", "entries"."headline" FROM "entries"
               WHERE ("entries"."id" > ?)
               ORDER BY "entries"."id" ASC LIMIT ? + 0"#,
        ],
    )
    .await;
}

/// NULLs would come last here, so the statement asks for them.
async fn descending(database: &TestDatabase) {
    database.create_entries(3).await;
    sends(
        Entry::iter(database.pool()).batch_size(2).reverse(),
        [
            r#"SELECT "entries"."id", "entries"."headline",
               EXISTS (SELECT 1 FROM "entries" WHERE ("entries"."id" IS NULL))
               AS "sqlx_chunked_has_nulls_0" FROM "entries"
               ORDER BY "entries"."id" DESC LIMIT ? + 0"#,
            r#"SELECT "entries"."id", "entries"."headline" FROM "entries"
               WHERE ("entries"."id" < ?)
               ORDER BY "entries"."id" DESC LIMIT ? + 0"#,
        ],
    )
    .await;
}

/// Every condition is in its own parentheses. The near end of the range is implied by the position.
async fn filtered(database: &TestDatabase) {
    database.create_entries(3).await;
    sends(
        Entry::iter(database.pool())
            .filter(|e| e.id.le(9).or(!e.headline.is_in(["a", "b"])))
            .filter_sql(|q| {
                q.push("length(headline) > ").push_bind(1);
            })
            .range(1..9)
            .batch_size(2),
        [
            r#"SELECT "entries"."id", "entries"."headline" FROM "entries"
               WHERE (("entries"."id" <= ?) OR (NOT ("entries"."headline" IN (?, ?))))
               AND (length(headline) > ?) AND ("entries"."id" >= ?) AND ("entries"."id" < ?)
               ORDER BY "entries"."id" ASC LIMIT ? + 0"#,
            r#"SELECT "entries"."id", "entries"."headline" FROM "entries"
               WHERE ("entries"."id" > ?)
               AND (("entries"."id" <= ?) OR (NOT ("entries"."headline" IN (?, ?))))
               AND (length(headline) > ?) AND ("entries"."id" < ?)
               ORDER BY "entries"."id" ASC LIMIT ? + 0"#,
        ],
    )
    .await;
}

/// No row exists that could report NULLs, so a separate statement asks for them.
async fn behind_the_last_row(database: &TestDatabase) {
    database.create_entries(1).await;
    let mut rows = Entry::iter(database.pool()).reverse();
    rows.try_next().await.unwrap();
    sends(
        Entry::iter(database.pool()).reverse().after(rows.cursor().unwrap()),
        [
            r#"SELECT "entries"."id", "entries"."headline",
               EXISTS (SELECT 1 FROM "entries" WHERE ("entries"."id" IS NULL))
               AS "sqlx_chunked_has_nulls_0" FROM "entries"
               WHERE ("entries"."id" < ?)
               ORDER BY "entries"."id" DESC LIMIT ? + 0"#,
            r#"SELECT EXISTS (SELECT 1 FROM "entries" WHERE ("entries"."id" IS NULL))"#,
        ],
    )
    .await;
}
