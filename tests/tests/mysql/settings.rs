//! The settings of a session do not change results.

use futures_util::TryStreamExt as _;

use crate::{
    harness::{Keyed, TestDatabase},
    servers::settings::{check, fill, filters, moments, pool_after, walks},
};

tests! { modes, modes_of_mariadb, empty_bytes, time_zones, padding }

async fn create(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE things (id BIGINT PRIMARY KEY, word VARCHAR(50) NOT NULL UNIQUE, \
             code CHAR(5) NOT NULL UNIQUE, amount DECIMAL(20, 10) NOT NULL UNIQUE, \
             day DATE NOT NULL UNIQUE, time TIME(6) NOT NULL UNIQUE, \
             local DATETIME(6) NOT NULL UNIQUE, moment TIMESTAMP(6) NOT NULL UNIQUE)",
        )
        .await;
    fill(database, "").await;
}

/// Modes that a server's administrator, or sqlx's options, could have set.
async fn modes(database: &TestDatabase) {
    const MODES: &[&str] = &[
        "SET sql_mode = ''",
        "SET sql_mode = 'ANSI_QUOTES'",
        "SET sql_mode = 'ANSI'",
        "SET sql_mode = 'NO_BACKSLASH_ESCAPES'",
        "SET sql_mode = 'PIPES_AS_CONCAT'",
        "SET sql_mode = 'PAD_CHAR_TO_FULL_LENGTH'",
        "SET sql_mode = 'HIGH_NOT_PRECEDENCE'",
        "SET sql_mode = 'IGNORE_SPACE'",
        "SET sql_mode = 'REAL_AS_FLOAT,ONLY_FULL_GROUP_BY,NO_UNSIGNED_SUBTRACTION'",
        "SET sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'",
        "SET sql_mode = 'TRADITIONAL'",
        "SET sql_mode = 'ANSI,TRADITIONAL,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH'",
    ];
    create(database).await;
    check(database, MODES, async |pool| {
        (walks(pool).await, filters(pool).await, moments(pool).await)
    })
    .await;
}

async fn modes_of_mariadb(database: &TestDatabase) {
    const MODES: &[&str] = &[
        "SET sql_mode = 'ORACLE'",
        "SET sql_mode = 'MSSQL'",
        "SET sql_mode = 'POSTGRESQL'",
        "SET sql_mode = 'TIME_ROUND_FRACTIONAL'",
    ];
    create(database).await;
    let modes = if is_mariadb(database).await { MODES } else { &[] };
    check(database, modes, async |pool| {
        (walks(pool).await, filters(pool).await, moments(pool).await)
    })
    .await;
    // The program's own values follow these; a row with empty text does not.
    let modes = if is_mariadb(database).await { MODES_OF_NULL } else { &[] };
    check(database, modes, async |pool| walks(pool).await).await;
}

async fn is_mariadb(database: &TestDatabase) -> bool {
    let version: String =
        sqlx::query_scalar("SELECT VERSION()").fetch_one(database.pool()).await.unwrap();
    version.contains("MariaDB")
}

const MODES_OF_NULL: &[&str] = &["SET sql_mode = 'EMPTY_STRING_IS_NULL'"];

/// A row with no bytes does not, either.
async fn empty_bytes(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE walk (k VARBINARY(5) PRIMARY KEY, n BIGINT NOT NULL); \
             INSERT INTO walk VALUES ('', 1), (x'00', 2), ('a', 3)",
        )
        .await;
    let modes = if is_mariadb(database).await { MODES_OF_NULL } else { &[] };
    check(database, modes, async |pool| {
        let mut walks = Vec::new();
        for batch_size in 1..=3 {
            for reverse in [false, true] {
                let rows = Keyed::<Vec<u8>>::iter(pool).batch_size(batch_size);
                let rows = if reverse { rows.reverse() } else { rows };
                walks.push(rows.map_ok(|row| row.n).try_collect::<Vec<_>>().await.unwrap());
            }
        }
        assert!(walks.iter().all(|walk| walk.len() == 3), "{walks:?}");
        walks
    })
    .await;
}

/// sqlx sets UTC, and reads a TIMESTAMP as if it had. In a session with another zone, the moments
/// that a program reads and compares with are different. But positions stay the same, unless the
/// zone has hours that come twice.
async fn time_zones(database: &TestDatabase) {
    const ZONES: &[&str] =
        &["SET time_zone = '+00:00'", "SET time_zone = '-05:00'", "SET time_zone = '+05:30'"];
    create(database).await;
    check(database, ZONES, async |pool| (walks(pool).await, filters(pool).await)).await;
}

/// A session that reads the spaces at the end of a CHAR, in a collation for which they count.
async fn padding(database: &TestDatabase) {
    for collation in ["utf8mb4_bin", "utf8mb4_nopad_bin"] {
        database
            .execute(format!(
                "DROP TABLE IF EXISTS walk; \
                 CREATE TABLE walk (k CHAR(5) COLLATE {collation} PRIMARY KEY, n BIGINT NOT NULL)"
            ))
            .await;
        database
            .execute("INSERT INTO walk VALUES ('', 1), ('a', 2), ('a!', 3), ('a\\t', 4), ('b', 5)")
            .await;
        let expected: Vec<i64> = sqlx::query_scalar("SELECT n FROM walk ORDER BY k")
            .fetch_all(database.pool())
            .await
            .unwrap();
        let pool = pool_after(database, "SET sql_mode = 'PAD_CHAR_TO_FULL_LENGTH'").await;
        for batch_size in 1..=6 {
            for reverse in [false, true] {
                let rows = Keyed::<String>::iter(&pool).batch_size(batch_size);
                let rows = if reverse { rows.reverse() } else { rows };
                let mut read: Vec<_> = rows.map_ok(|row| row.n).try_collect().await.unwrap();
                if reverse {
                    read.reverse();
                }
                assert_eq!(read, expected, "{collation} in batches of {batch_size}");
            }
        }
        pool.close().await;
    }
}
