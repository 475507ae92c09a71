//! Text that does not arrive as it is stored: positions are made of what is stored.

use futures_util::TryStreamExt as _;
use sqlx::mysql::MySqlConnectOptions;
use sqlx_chunked::{Chunked, Cursor, Error, Page};
use sqlx_chunked_tests::Report as _;

use crate::harness::{Keyed, TestDatabase};

tests! {
    emoji_on_a_connection_without,
    characters_with_two_codes,
    cursors_of_another_collation,
    parts_of_another_collation,
    related_by_what_did_not_arrive,
}

async fn narrow(database: &TestDatabase) -> sqlx::MySqlPool {
    let options: MySqlConnectOptions = database.options().charset("utf8");
    sqlx::mysql::MySqlPoolOptions::new().max_connections(2).connect_with(options).await.unwrap()
}

/// Each arrives as a question mark, and would be sent back as one.
async fn emoji_on_a_connection_without(database: &TestDatabase) {
    for column in [
        "VARCHAR(50) COLLATE utf8mb4_bin",
        "VARCHAR(50) COLLATE utf8mb4_uca1400_ai_ci",
        "VARCHAR(50) CHARACTER SET utf16 COLLATE utf16_bin",
    ] {
        database
            .execute(format!(
                "DROP TABLE IF EXISTS walk; \
                 CREATE TABLE walk (k {column} NOT NULL UNIQUE, n BIGINT NOT NULL); \
                 INSERT INTO walk VALUES ('a', 1), ('😀', 2), ('😁', 3), ('?', 4), ('z', 5), ('😀a', 6)"
            ))
            .await;
        let pool = narrow(database).await;
        walks(database, &pool).await;
        pool.close().await;
    }
}

async fn characters_with_two_codes(database: &TestDatabase) {
    for collation in ["cp932_japanese_ci", "cp932_bin", "sjis_japanese_ci", "sjis_bin"] {
        let character_set = collation.split('_').next().unwrap();
        // NEC's and IBM's rows also have characters that the standard has.
        let codes = ["8754", "FA4A", "81CA", "EEF9", "FA54", "879A", "81E6", "FA5B", "61", "FC4B"];
        let rows: Vec<_> = codes
            .iter()
            .enumerate()
            .map(|(n, code)| format!("(_{character_set} x'{code}', {n})"))
            .collect();
        database
            .execute(format!(
                "DROP TABLE IF EXISTS walk; \
                 CREATE TABLE walk (k VARCHAR(50) CHARACTER SET {character_set} \
                   COLLATE {collation} NOT NULL UNIQUE, n BIGINT NOT NULL); \
                 INSERT IGNORE INTO walk VALUES {}",
                rows.join(", ")
            ))
            .await;
        walks(database, database.pool()).await;
    }
}

/// Rows and pages, with cursors as text in between.
async fn walks(database: &TestDatabase, pool: &sqlx::MySqlPool) {
    let expected: Vec<i64> = sqlx::query_scalar("SELECT n FROM walk ORDER BY k")
        .fetch_all(database.pool())
        .await
        .unwrap();
    for batch_size in 1..=expected.len() + 1 {
        for reverse in [false, true] {
            let rows = || {
                let rows = Keyed::<String>::batch_iter(pool).batch_size(batch_size);
                if reverse { rows.reverse() } else { rows }
            };
            let read: Vec<_> = rows().try_collect().await.unwrap();
            let mut read: Vec<_> = read.into_iter().flatten().map(|row| row.n).collect();
            let mut paged = Vec::new();
            let mut page: Page<Keyed<String>> = rows().page().await.unwrap();
            loop {
                paged.extend(page.rows.iter().map(|row| row.n));
                let Some(next) = page.next else { break };
                let next: Cursor<Keyed<String>> = next.to_string().parse().unwrap();
                page = rows().after(next).page().await.unwrap();
            }
            if reverse {
                read.reverse();
                paged.reverse();
            }
            assert_eq!(read, expected, "batches of {batch_size}");
            assert_eq!(paged, expected, "pages of {batch_size}");
        }
    }
}

/// A cursor is a place in the order that it was taken in, which no longer exists.
async fn cursors_of_another_collation(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE walk (k VARCHAR(50) COLLATE utf8mb4_bin NOT NULL UNIQUE, n BIGINT NOT NULL); \
             INSERT INTO walk VALUES ('B', 1), ('a', 2), ('c', 3), ('D', 4)",
        )
        .await;
    let mut rows = Keyed::<String>::iter(database.pool()).batch_size(1);
    let mut cursors = Vec::new();
    while rows.try_next().await.unwrap().is_some() {
        cursors.push(rows.cursor().unwrap());
    }
    assert_eq!(cursors.len(), 4);
    database
        .execute("ALTER TABLE walk MODIFY k VARCHAR(50) COLLATE utf8mb4_general_ci NOT NULL")
        .await;
    for cursor in &cursors {
        let rows = Keyed::<String>::iter(database.pool()).after(cursor.clone());
        let read: Result<Vec<_>, _> = rows.try_collect().await;
        let error = read.unwrap_err();
        assert!(error.report().contains("begin anew"), "{error}");
    }
}

/// The parts of a cut are those of one order: each of them is refused, also the first one.
async fn parts_of_another_collation(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE walk (k VARCHAR(50) COLLATE utf8mb4_general_ci NOT NULL UNIQUE, n BIGINT NOT NULL); \
             INSERT INTO walk VALUES ('B', 1), ('a', 2), ('c', 3), ('D', 4), ('F', 5)",
        )
        .await;
    let parts = Keyed::<String>::iter(database.pool()).parts(3).await.unwrap();
    database.execute("ALTER TABLE walk MODIFY k VARCHAR(50) COLLATE utf8mb4_bin NOT NULL").await;
    for part in parts {
        let rows = Keyed::<String>::iter(database.pool()).part(part.clone());
        let read: Result<Vec<_>, _> = rows.try_collect().await;
        let error = read.unwrap_err();
        assert!(error.report().contains("anew"), "{part:?}: {error}");
    }
}

async fn related_by_what_did_not_arrive(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "walk")]
    #[expect(dead_code, reason = "only counted")]
    struct Named {
        #[chunk_key]
        #[chunked(primary_key)]
        k: String,
        n: i64,
    }

    #[derive(Chunked)]
    #[chunked(table = "posts")]
    #[expect(dead_code, reason = "only counted")]
    struct Post {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        name: String,
    }

    database
        .execute(
            "CREATE TABLE walk (k VARCHAR(50) COLLATE utf8mb4_bin PRIMARY KEY, n BIGINT NOT NULL); \
             CREATE TABLE posts (id BIGINT PRIMARY KEY, name VARCHAR(50) COLLATE utf8mb4_bin); \
             INSERT INTO walk VALUES ('?', 1), ('😀', 2); INSERT INTO posts VALUES (1, '?'), (2, '😀')",
        )
        .await;
    let pool = narrow(database).await;
    let mut posts = Post::iter(&pool).with_one::<Named>(|post| post.name).batch_size(1);
    assert_eq!(posts.try_next().await.unwrap().unwrap().1.n, 1);
    let error = posts.try_next().await.map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error}");
    assert!(error.report().contains("charset=utf8mb4"), "{error}");
    pool.close().await;
    let posts = Post::iter(database.pool()).with_one::<Named>(|post| post.name);
    let found: Vec<_> = posts.map_ok(|(_, named)| named.n).try_collect().await.unwrap();
    assert_eq!(found, [1, 2]);
}
