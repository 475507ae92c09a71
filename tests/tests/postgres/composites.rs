//! Keys of a composite type, for which `IS NULL` looks at the parts.

use futures_util::TryStreamExt as _;
use sqlx::{
    Decode, Postgres, Type, error::BoxDynError, postgres::PgTypeInfo, postgres::PgValueRef,
};
use sqlx_chunked::Chunked;

use crate::harness::TestDatabase;

tests! { nullable, filtered, not_null }

/// Any value.
#[derive(Clone, Debug)]
struct Opaque;

impl Type<Postgres> for Opaque {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_name("pair")
    }

    fn compatible(_: &PgTypeInfo) -> bool {
        true
    }
}

impl Decode<'_, Postgres> for Opaque {
    fn decode(_: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        Ok(Self)
    }
}

#[derive(Chunked)]
#[chunked(table = "pairs")]
#[expect(dead_code, reason = "only ordered by")]
struct Pair {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    k: Option<Opaque>,
}

const PAIRS: [&str; 7] =
    ["(1, 'a')", "(1, NULL)", "(NULL, 'a')", "(NULL, NULL)", "(2, 'b')", "(2, NULL)", "(3, 'c')"];

async fn fill(database: &TestDatabase, constraint: &str, nulls: i64) {
    let rows: Vec<_> =
        PAIRS.iter().enumerate().map(|(n, pair)| format!("({n}, ROW{pair}::pair)")).collect();
    database
        .execute(format!(
            "CREATE TYPE pair AS (a INT, b TEXT); \
             CREATE TABLE pairs (id BIGINT PRIMARY KEY, k pair {constraint}); \
             INSERT INTO pairs VALUES {}; \
             INSERT INTO pairs SELECT 100 + n, NULL FROM generate_series(1, {nulls}) n",
            rows.join(", ")
        ))
        .await;
}

macro_rules! walks {
    ($database:expr, $rows:expr, $filter:literal, $by:literal) => {
        for (direction, reverse) in [("ASC", false), ("DESC", true)] {
            let sql = $by.replace("ASC", direction);
            let expected: Vec<i64> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                "SELECT id FROM pairs WHERE {} ORDER BY {sql}",
                $filter
            )))
            .fetch_all($database.pool())
            .await
            .unwrap();
            for batch_size in 1..=expected.len() + 1 {
                let rows = $rows.batch_size(batch_size);
                let rows = if reverse { rows.reverse() } else { rows };
                let read: Vec<_> = rows.map_ok(|row| row.id).try_collect().await.unwrap();
                assert_eq!(read, expected, "{}, {sql}, batches of {batch_size}", $filter);
            }
        }
    };
}

async fn nullable(database: &TestDatabase) {
    fill(database, "", 3).await;
    walks!(
        database,
        Pair::iter(database.pool()).order_by(|p| p.k.asc().then(p.id.asc())),
        "TRUE",
        "k ASC, id ASC"
    );
    database.execute("CREATE INDEX by_k ON pairs (k, id)").await;
    walks!(
        database,
        Pair::iter(database.pool()).order_by(|p| p.k.asc().then(p.id.asc())),
        "TRUE",
        "k ASC, id ASC"
    );
}

/// A filter means the same for every batch, whether or not the position implies the condition.
async fn filtered(database: &TestDatabase) {
    fill(database, "", 3).await;
    walks!(
        database,
        Pair::iter(database.pool())
            .order_by(|p| p.k.asc().then(p.id.asc()))
            .filter(|p| p.k.is_null()),
        "k IS NOT DISTINCT FROM NULL",
        "k ASC, id ASC"
    );
    walks!(
        database,
        Pair::iter(database.pool())
            .order_by(|p| p.k.asc().then(p.id.asc()))
            .filter(|p| p.k.is_not_null()),
        "k IS DISTINCT FROM NULL",
        "k ASC, id ASC"
    );
}

/// A row whose parts are all NULL is not NULL itself.
async fn not_null(database: &TestDatabase) {
    #[derive(Chunked)]
    #[chunked(table = "pairs")]
    #[expect(dead_code, reason = "only ordered by")]
    struct Row {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        #[chunked(unique)]
        k: Opaque,
    }

    fill(database, "NOT NULL UNIQUE", 0).await;
    walks!(database, Row::iter(database.pool()).order_by(|r| r.k.asc()), "TRUE", "k ASC");
}
