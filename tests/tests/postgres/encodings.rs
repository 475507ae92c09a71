//! A server whose encoding has two codes for some characters: such a value comes back as another.

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, PgPool};
use sqlx_chunked::Error;
use sqlx_chunked_tests::Report as _;

use crate::{
    databases::in_database,
    harness::{Keyed, TestDatabase},
};

tests! { euc_jp, latin_1 }

/// Creates a database of another encoding, and reads from it.
async fn in_encoding(
    database: &TestDatabase,
    encoding: &str,
    rows: &str,
    check: impl AsyncFn(&PgPool),
) {
    let options = format!("ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    in_database(database, &encoding.to_lowercase(), &options, async |pool| {
        sqlx::raw_sql(AssertSqlSafe(format!(
            "CREATE TABLE walk (k TEXT NOT NULL UNIQUE, n BIGINT NOT NULL); {rows}"
        )))
        .execute(pool)
        .await
        .unwrap();
        check(pool).await;
    })
    .await;
}

async fn read(pool: &PgPool, batch_size: usize) -> Result<Vec<i64>, Error> {
    let rows = Keyed::<String>::iter(pool).batch_size(batch_size);
    // A value that came back as another could be read for ever.
    let mut read = Vec::new();
    let mut rows = rows.map_ok(|row| row.n);
    while let Some(n) = rows.try_next().await? {
        read.push(n);
        assert!(read.len() < 300, "{read:?}");
    }
    Ok(read)
}

async fn euc_jp(database: &TestDatabase) {
    let rows = "INSERT INTO walk SELECT convert_from(k, 'EUC_JP'), n FROM (VALUES \
                (BYTEA '\\x61', 1), ('\\xa4a2', 2), ('\\xa4a4', 3), ('\\xb0a1', 4)) AS v (k, n)";
    in_encoding(database, "EUC_JP", rows, async |pool| {
        for batch_size in 1..=5 {
            assert_eq!(read(pool, batch_size).await.unwrap(), [1, 2, 3, 4]);
        }
        sqlx::raw_sql("INSERT INTO walk VALUES (convert_from('\\xadf0', 'EUC_JP'), 5)")
            .execute(pool)
            .await
            .unwrap();
        for batch_size in 1..=6 {
            let error = read(pool, batch_size).await.unwrap_err();
            assert!(error.report().contains("two codes"), "{error}");
        }
    })
    .await;
}

async fn latin_1(database: &TestDatabase) {
    let rows = "INSERT INTO walk SELECT convert_from(set_byte('\\x00', 0, n), 'LATIN1'), n \
                FROM generate_series(1, 255) n";
    in_encoding(database, "LATIN1", rows, async |pool| {
        for batch_size in [1, 2, 100, 255, 256] {
            assert_eq!(read(pool, batch_size).await.unwrap(), (1..=255).collect::<Vec<_>>());
        }
    })
    .await;
}
