//! Views of several queries: they sort by storage class, but each part compares by the affinity of
//! its own column.

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Chunked, Page};

use super::any::Any;
use crate::harness::TestDatabase;

tests! { of_two_affinities, of_one_affinity, as_pages, in_parts }

/// A key of any storage class.
#[derive(Chunked)]
#[chunked(table = "either")]
struct Either {
    #[chunk_key]
    #[chunked(unique)]
    #[allow(dead_code, reason = "rows are told apart by their numbers")]
    k: Any,
    n: i64,
}

/// Every pair of declared types, in both orders, with values that one of them would convert.
async fn of_two_affinities(database: &TestDatabase) {
    const TYPES: [&str; 6] = ["INTEGER", "TEXT", "REAL", "NUMERIC", "BLOB", ""];
    for one in TYPES {
        for other in TYPES {
            create(database, one, other).await;
            let expected = expected(database).await;
            assert_eq!(expected.len(), 12);
            for batch_size in 1..=13 {
                for reverse in [false, true] {
                    for direct in [false, true] {
                        let rows = Either::iter(database.pool()).batch_size(batch_size);
                        let rows = rows.direct(direct);
                        let rows = if reverse { rows.reverse() } else { rows };
                        let rows = rows.map_ok(|row| row.n);
                        let mut read: Vec<_> = rows.try_collect().await.unwrap();
                        if reverse {
                            read.reverse();
                        }
                        assert_eq!(read, expected, "{one}, {other}, batches of {batch_size}");
                    }
                }
            }
        }
    }
}

async fn create(database: &TestDatabase, one: &str, other: &str) {
    database
        .execute(format!(
            "DROP VIEW IF EXISTS either; DROP TABLE IF EXISTS one; DROP TABLE IF EXISTS other; \
             CREATE TABLE one (k {one} NOT NULL UNIQUE, n); \
             CREATE TABLE other (k {other} NOT NULL UNIQUE, n); \
             INSERT INTO one VALUES (1, 1), (20, 2), ('b', 3), (x'31', 4), (-5, 5), (1.5, 6); \
             INSERT INTO other VALUES ('3', 7), ('10', 8), ('a', 9), (x'00', 10), ('-7', 11), (' 4', 12); \
             CREATE VIEW either AS SELECT k, n FROM one UNION ALL SELECT k, n FROM other"
        ))
        .await;
}

/// Returns the rows by storage class and value, as a table without types sorts them.
async fn expected(database: &TestDatabase) -> Vec<i64> {
    database
        .execute("DROP TABLE IF EXISTS plain; CREATE TABLE plain AS SELECT k + 0 AS k, n FROM either WHERE 0; \
                  DROP TABLE plain; CREATE TABLE plain (k, n); INSERT INTO plain SELECT k, n FROM either")
        .await;
    sqlx::query_scalar("SELECT n FROM plain ORDER BY k").fetch_all(database.pool()).await.unwrap()
}

/// If all parts agree, the index of each is used, as in a view of one table.
async fn of_one_affinity(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE one (k TEXT PRIMARY KEY, n); CREATE TABLE other (k TEXT PRIMARY KEY, n); \
             INSERT INTO one VALUES ('1', 1), ('3', 3); INSERT INTO other VALUES ('2', 2), ('4', 4); \
             CREATE VIEW either AS SELECT k, n FROM one UNION ALL SELECT k, n FROM other",
        )
        .await;
    for batch_size in 1..=5 {
        let rows = Either::iter(database.pool()).batch_size(batch_size);
        let (rows, statements) = sqlx_chunked_tests::statements::record(
            "either",
            rows.map_ok(|row| row.n).try_collect::<Vec<_>>(),
        )
        .await;
        assert_eq!(rows.unwrap(), [1, 2, 3, 4]);
        assert!(statements.iter().all(|s| !s.sql.contains("+\"either\"")), "{statements:?}");
    }
}

async fn as_pages(database: &TestDatabase) {
    create(database, "INTEGER", "TEXT").await;
    let expected = expected(database).await;
    for size in 1..=13 {
        let rows = || Either::batch_iter(database.pool()).batch_size(size);
        let mut read = Vec::new();
        let mut page: Page<Either> = rows().page().await.unwrap();
        loop {
            read.extend(page.rows.iter().map(|row| row.n));
            let Some(next) = page.next else { break };
            page = rows().after(next.to_string().parse().unwrap()).page().await.unwrap();
        }
        assert_eq!(read, expected, "pages of {size}");
    }
}

/// A key of two columns, one of them of any storage class.
#[derive(Chunked)]
#[chunked(table = "either")]
struct Numbered {
    #[chunk_key]
    #[chunked(unique)]
    n: i64,
    #[allow(dead_code, reason = "only ordered by")]
    k: Any,
}

/// In an order of two columns, too, each part of the view compares by its own affinity.
async fn in_parts(database: &TestDatabase) {
    for (one, other) in
        [("TEXT", "INTEGER"), ("INTEGER", "TEXT"), ("NUMERIC", ""), ("BLOB", "REAL")]
    {
        create(database, one, other).await;
        let expected = expected(database).await;
        let rows = || {
            let rows = Numbered::iter(database.pool()).order_by(|e| e.k.asc().then(e.n.asc()));
            rows.batch_size(2)
        };
        for number in 1..=12 {
            let (mut read, mut counted) = (Vec::new(), 0);
            for part in rows().parts(number).await.unwrap() {
                let of_part = || rows().part(part.clone());
                counted += of_part().count().await.unwrap();
                let before = read.len();
                read.extend(of_part().map_ok(|row| row.n).try_collect::<Vec<_>>().await.unwrap());
                // From a cursor in the middle of it.
                let mut begun = of_part();
                begun.try_next().await.unwrap();
                let rest = of_part().resume(begun.cursor()).up_to_now();
                let rest: Vec<_> = rest.map_ok(|row| row.n).try_collect().await.unwrap();
                assert_eq!(rest, read[before + 1..], "{one}, {other}, {number}");
            }
            assert_eq!(read, expected, "{one}, {other}, {number} parts");
            assert_eq!(counted, 12, "{one}, {other}, {number} parts");
        }
    }
}
