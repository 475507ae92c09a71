//! The server sorts by the first bytes of a value, but compares all of it.

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;
use sqlx_chunked::{Chunked, Error};
use sqlx_chunked_tests::Report as _;

use crate::harness::{Keyed, TestDatabase};

tests! {
    a_collation_with_long_weights,
    a_prefix_that_is_shared,
    a_unique_text,
    long_texts,
    more_than_can_be_sorted,
    too_little_memory,
}

/// The default batch size over a table of three batches: the server sorts all of it, despite the
/// unique index.
async fn a_collation_with_long_weights(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE walk (k VARCHAR(255) COLLATE utf8mb4_uca1400_as_cs NOT NULL UNIQUE, \
             n BIGINT NOT NULL); \
             INSERT INTO walk SELECT CONCAT(REPEAT('a', 250), seq), seq FROM seq_1_to_3000; \
             ANALYZE TABLE walk",
        )
        .await;
    for batch_size in [1_000, 100, 2_999] {
        assert_walks(database, batch_size).await;
    }
}

/// By two columns, without an index.
async fn a_prefix_that_is_shared(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "links")]
    struct Link {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        url: Option<String>,
    }

    for collation in ["utf8mb4_bin", "utf8mb4_general_ci", "utf8mb4_unicode_520_ci", "latin1_bin"] {
        let character_set = collation.split('_').next().unwrap();
        database
            .execute(format!(
                "DROP TABLE IF EXISTS links; \
                 CREATE TABLE links (id BIGINT PRIMARY KEY, \
                   url VARCHAR(700) CHARACTER SET {character_set} COLLATE {collation}); \
                 INSERT INTO links SELECT seq, \
                   CONCAT(REPEAT('a', 600), MOD(seq * 7, 90)) FROM seq_1_to_100; \
                 INSERT INTO links VALUES (101, NULL), (102, NULL)"
            ))
            .await;
        for (direction, descending) in [("ASC", false), ("DESC", true)] {
            let expected = oracle(
                database,
                &format!("SELECT id FROM links ORDER BY url {direction}, id {direction}"),
            )
            .await;
            for batch_size in (1..=9).chain([50, 101, 102, 103]) {
                let links = Link::iter(database.pool())
                    .order_by(|l| l.url.asc().then(l.id.asc()))
                    .batch_size(batch_size);
                let links = if descending { links.reverse() } else { links };
                let links = links.map_ok(|link| {
                    assert_eq!(link.url.is_none(), link.id > 100);
                    link.id
                });
                let ids: Vec<_> = links.try_collect().await.unwrap();
                assert_eq!(ids, expected, "{collation} {direction}, batches of {batch_size}");
            }
        }
    }
}

/// MariaDB keeps a hash of it, which cannot be sorted by.
async fn a_unique_text(database: &TestDatabase) {
    for column in ["TEXT COLLATE utf8mb4_bin", "TEXT COLLATE utf8mb4_unicode_ci", "BLOB"] {
        database
            .execute(format!(
                "DROP TABLE IF EXISTS walk; \
                 CREATE TABLE walk (k {column} NOT NULL UNIQUE, n BIGINT NOT NULL); \
                 INSERT INTO walk SELECT CONCAT(REPEAT('a', 2000), seq), seq FROM seq_1_to_30"
            ))
            .await;
        for batch_size in 1..=31 {
            if column == "BLOB" {
                let rows = Keyed::<Vec<u8>>::iter(database.pool()).batch_size(batch_size);
                assert_order(database, rows.map_ok(|row| row.n).try_collect().await).await;
            } else {
                assert_walks(database, batch_size).await;
            }
        }
    }
}

async fn long_texts(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE walk (k LONGTEXT COLLATE utf8mb4_general_ci NOT NULL, n BIGINT NOT NULL); \
             INSERT INTO walk SELECT CONCAT(REPEAT(CHAR(65 + seq), 5000), seq), seq FROM seq_1_to_20; \
             INSERT INTO walk SELECT CONCAT(REPEAT('a', 5000), seq), 20 + seq FROM seq_1_to_20",
        )
        .await;
    for batch_size in [1, 2, 3, 19, 40, 41] {
        assert_walks(database, batch_size).await;
    }
}

/// Values that are alike for longer than the server looks are refused, whatever it would find.
async fn more_than_can_be_sorted(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE walk (k LONGTEXT COLLATE utf8mb4_uca1400_as_cs NOT NULL, n BIGINT NOT NULL); \
             INSERT INTO walk SELECT CONCAT(REPEAT('a', 40000), seq), seq FROM seq_1_to_9",
        )
        .await;
    for batch_size in 1..=10 {
        let rows = Keyed::<String>::iter(database.pool()).batch_size(batch_size);
        let read: Result<Vec<_>, _> = rows.map_ok(|row| row.n).try_collect().await;
        let error = read.unwrap_err();
        assert!(matches!(error, Error::KeyType { column: "k", .. }), "{error}");
        // Any of them could be found as the last one.
        let rows = Keyed::<String>::iter(database.pool()).up_to_now().batch_size(batch_size);
        let read: Result<Vec<_>, _> = rows.map_ok(|row| row.n).try_collect().await;
        let error = read.unwrap_err();
        assert!(matches!(error, Error::KeyType { column: "k", .. }), "{error}");
    }
}

/// The server's own error says how to fix it.
async fn too_little_memory(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE walk (k LONGTEXT NOT NULL, n BIGINT NOT NULL); \
             INSERT INTO walk SELECT CONCAT('a', seq), seq FROM seq_1_to_9",
        )
        .await;
    let mut connection = database.connect().await;
    sqlx::query("SET SESSION sort_buffer_size = 16384").execute(&mut connection).await.unwrap();
    let mut rows = Keyed::<String>::iter(&mut connection).batch_size(3);
    let error = rows.try_next().await.unwrap_err();
    assert!(error.report().contains("`sort_buffer_size`"), "{error}");
}

async fn assert_walks(database: &TestDatabase, batch_size: usize) {
    let rows = Keyed::<String>::iter(database.pool()).batch_size(batch_size);
    assert_order(database, rows.map_ok(|row| row.n).try_collect().await).await;
}

async fn assert_order(database: &TestDatabase, read: Result<Vec<i64>, Error>) {
    assert_eq!(read.unwrap(), oracle(database, "SELECT n FROM walk ORDER BY k").await);
}

/// Returns the rows in their order, by a session that compares whole values.
async fn oracle(database: &TestDatabase, sql: &str) -> Vec<i64> {
    let mut connection = database.connect().await;
    sqlx::raw_sql("SET SESSION max_sort_length = 1000000, SESSION sort_buffer_size = 100000000")
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap()
}
