//! Random tables: where the marks are said to be proven, the database lets no rows tie, whatever is
//! inserted.

use sqlx::AssertSqlSafe;
use sqlx_chunked::Chunked;

use super::faults;
use crate::{
    dialect::{BIGINT, CASELESS, MARK_COLUMNS, MARK_INDEXES},
    harness::{Random, TestDatabase},
};

tests! { no_rows_tie }

#[derive(Chunked)]
#[chunked(table = "marked", unique(b, c))]
#[expect(dead_code, reason = "only its marks matter")]
struct Marked {
    #[chunk_key]
    #[chunked(primary_key)]
    a: String,
    b: String,
    c: String,
}

/// The tables that are made.
const TABLES: usize = 60;

/// Values that some collations call equal, and those that are.
const VALUES: [&str; 10] =
    ["NULL", "'a'", "'A'", "'a '", "'b'", "'B'", "'á'", "'ab'", "'ß'", "'ss'"];

async fn no_rows_tie(database: &TestDatabase) {
    let mut random = Random::new();
    let (mut proven, mut ties_seen) = (0, 0);
    if let (_, Some(setup)) = CASELESS {
        database.execute(setup).await;
    }
    for number in 0..TABLES {
        let mut pick = |from: &[&'static str]| {
            let place = usize::try_from(random.below(from.len() as u64)).unwrap();
            from[place]
        };
        let columns: Vec<_> = ["a", "b", "c"]
            .iter()
            .map(|name| {
                format!("{name} {}{}", pick(&MARK_COLUMNS), pick(&[" NOT NULL", " NOT NULL", ""]))
            })
            .collect();
        let mut ddl = format!(
            "DROP TABLE IF EXISTS marked; CREATE TABLE marked ({}, n {BIGINT})",
            columns.join(", ")
        );
        database.execute(&*ddl).await;
        for index in 0..3 {
            let name = format!("i{number}_{index}");
            let sql = format!("CREATE {}", pick(&MARK_INDEXES).replace('#', &name));
            // Not every index goes with every type and collation.
            let created = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(database.pool()).await;
            if created.is_ok() {
                ddl.push_str("; ");
                ddl.push_str(&sql);
            }
        }
        let found = faults(Marked::verify(database.pool()).await);
        for _ in 0..80 {
            let values = [pick(&VALUES), pick(&VALUES), pick(&VALUES)].join(", ");
            let sql = format!("INSERT INTO marked (a, b, c) VALUES ({values})");
            // Refused if it ties with another row.
            let _ = sqlx::raw_sql(AssertSqlSafe(sql)).execute(database.pool()).await;
        }
        for (columns, is_unique, ties) in [
            (
                "a",
                true,
                "SELECT count(*) FROM marked WHERE a IS NOT NULL GROUP BY a HAVING count(*) > 1",
            ),
            (
                "b, c",
                true,
                "SELECT count(*) FROM marked WHERE b IS NOT NULL AND c IS NOT NULL GROUP BY b, c \
                 HAVING count(*) > 1",
            ),
            ("a", false, "SELECT count(*) FROM marked WHERE a IS NULL HAVING count(*) > 0"),
            ("c", false, "SELECT count(*) FROM marked WHERE c IS NULL HAVING count(*) > 0"),
            ("b", false, "SELECT count(*) FROM marked WHERE b IS NULL HAVING count(*) > 0"),
        ] {
            let ties: Vec<i64> = sqlx::query_scalar(ties).fetch_all(database.pool()).await.unwrap();
            let is_faulty = found.iter().any(|fault| {
                fault.columns.join(", ") == columns && fault.mark.is_unique() == is_unique
            });
            assert!(is_faulty || ties.is_empty(), "{columns} of {ddl}: {ties:?} rows tie");
            proven += usize::from(!is_faulty);
            ties_seen += usize::from(!ties.is_empty());
        }
    }
    assert!(proven > 0 && ties_seen > 0, "{proven} proven, {ties_seen} tied");
}
