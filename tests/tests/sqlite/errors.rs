//! The errors that SQLite itself reports, in the words that the library puts around them.

use futures_util::TryStreamExt as _;
use sqlx_chunked::Chunked;
use sqlx_chunked_tests::Report as _;

use crate::harness::{Entry, Keyed, TestDatabase};

tests! {
    missing_table,
    missing_column,
    unknown_name_in_double_quotes,
    value_of_another_class,
    text_that_is_not_utf_8,
}

async fn first_error<M: sqlx_chunked::ReadRow<crate::Db>>(database: &TestDatabase) -> String {
    M::iter(database.pool()).try_next().await.err().expect("an error").report()
}

async fn missing_table(database: &TestDatabase) {
    assert_eq!(
        first_error::<Entry>(database).await,
        "cannot read `Entry` from table `entries`: (code: 1) no such \
         table: entries"
    );
}

async fn missing_column(database: &TestDatabase) {
    database.execute("CREATE TABLE entries (id INTEGER PRIMARY KEY)").await;
    assert_eq!(
        first_error::<Entry>(database).await,
        "cannot read `Entry` from table `entries`: (code: 1) no such \
         column: entries.headline"
    );
}

/// Without its table, SQLite would read the name as a string, the same one for every row.
async fn unknown_name_in_double_quotes(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "entries")]
    struct Nope {
        #[chunk_key]
        #[chunked(unique)]
        #[allow(dead_code, reason = "never read")]
        nope: String,
    }

    database.create_entries(2).await;
    let plain: Vec<String> = sqlx::query_scalar(r#"SELECT "nope" FROM entries"#)
        .fetch_all(database.pool())
        .await
        .unwrap();
    assert_eq!(plain, ["nope", "nope"]);

    assert_eq!(
        first_error::<Nope>(database).await,
        "cannot read `Nope` from table `entries`: (code: 1) no such \
         column: entries.nope"
    );
}

/// A column may hold values that its type does not allow for.
async fn value_of_another_class(database: &TestDatabase) {
    database.execute("CREATE TABLE walk (k INTEGER PRIMARY KEY, n INTEGER)").await;
    for (value, class) in [("'x'", "TEXT"), ("0.5", "REAL"), ("x'00'", "BLOB")] {
        database.execute(format!("INSERT OR REPLACE INTO walk VALUES (1, {value})")).await;
        assert_eq!(
            first_error::<Keyed<i64>>(database).await,
            format!(
                "cannot decode column `n` of `Keyed`; its value is {value}, in the row with `k` = \
                 1: mismatched types; Rust type `i64` (as SQL type `INTEGER`) is not compatible \
                 with SQL type `{class}`"
            )
        );
    }
}

/// A position cannot be taken from it, and must not be guessed.
async fn text_that_is_not_utf_8(database: &TestDatabase) {
    database.execute("CREATE TABLE walk (k TEXT NOT NULL UNIQUE, n INTEGER)").await;
    database.execute("INSERT INTO walk VALUES ('a', 1), (CAST(x'61ff' AS TEXT), 2)").await;
    for batch_size in 1..=3 {
        let mut rows = Keyed::<String>::iter(database.pool()).batch_size(batch_size);
        let error = loop {
            match rows.try_next().await {
                Ok(row) => drop(row.expect("an error before the end")),
                Err(error) => break error,
            }
        };
        assert_eq!(
            error.report(),
            "cannot decode column `k` of `Keyed`: invalid utf-8 sequence of 1 bytes from index 1"
        );
    }
}
