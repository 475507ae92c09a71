//! Orders of several columns, in mixed directions, with ties and blocks of NULLs: at every batch
//! size, forwards and backwards, and from every position by its token.

use futures_util::TryStreamExt as _;
use sqlx::AssertSqlSafe;
use sqlx_chunked::{BatchIter, Chunked, Cursor};

use crate::{
    Db,
    dialect::{BIGINT, TEXT},
    harness::TestDatabase,
};

tests! {
    one_tie_breaker,
    two_columns_that_are_unique_together,
    three_columns,
    four_columns,
    all_rows_tie,
    no_nulls,
    only_nulls,
    ranges,
    a_composite_chunk_key,
}

#[derive(Chunked, Debug)]
#[chunked(table = "spread", unique(b, c), unique(c, d))]
#[expect(clippy::duplicated_attributes, reason = "the sets share a column")]
#[expect(dead_code, reason = "most columns are only ordered by")]
struct Spread {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    a: Option<i64>,
    b: String,
    c: i64,
    d: i64,
    t: Option<String>,
}

/// Walks in each of the orders, and compares with the database's own order.
macro_rules! walk {
    ($database:expr, { $($sql:literal => $order:expr;)+ }) => {$(
        let expected = ordered($database, $sql).await;
        walk($sql, &expected, || Spread::batch_iter($database.pool()).order_by($order)).await;
    )+};
}

async fn one_tie_breaker(database: &TestDatabase) {
    create(database, 30).await;
    walk!(database, {
        "a, id" => |s| s.a.asc().then(s.id.asc());
        "a DESC, id" => |s| s.a.desc().then(s.id.asc());
        "a, id DESC" => |s| s.a.asc().then(s.id.desc());
        "a DESC, id DESC" => |s| s.a.desc().then(s.id.desc());
        "b, id" => |s| s.b.asc().then(s.id.asc());
        "b DESC, id" => |s| s.b.desc().then(s.id.asc());
        // Columns after a unique column do not matter.
        "id DESC" => |s| s.id.desc().then(s.a.asc()).then(s.t.desc());
    });
}

async fn two_columns_that_are_unique_together(database: &TestDatabase) {
    create(database, 30).await;
    walk!(database, {
        "b, c" => |s| s.b.asc().then(s.c.asc());
        "b DESC, c" => |s| s.b.desc().then(s.c.asc());
        "b DESC, c DESC" => |s| s.b.desc().then(s.c.desc());
        "c, d" => |s| s.c.asc().then(s.d.asc()).then(s.b.asc());
        // Others may come in between.
        "c, a, d" => |s| s.c.asc().then(s.a.asc()).then(s.d.asc());
        "c DESC, a, t DESC, d DESC" =>
            |s| s.c.desc().then(s.a.asc()).then(s.t.desc()).then(s.d.desc());
    });
}

async fn three_columns(database: &TestDatabase) {
    create(database, 24).await;
    walk!(database, {
        "a, t, id" => |s| s.a.asc().then(s.t.asc()).then(s.id.asc());
        "a, t DESC, id" => |s| s.a.asc().then(s.t.desc()).then(s.id.asc());
        "a DESC, t, id DESC" => |s| s.a.desc().then(s.t.asc()).then(s.id.desc());
        "t DESC, a DESC, id DESC" => |s| s.t.desc().then(s.a.desc()).then(s.id.desc());
        "c, a DESC, id" => |s| s.c.asc().then(s.a.desc()).then(s.id.asc());
    });
}

async fn four_columns(database: &TestDatabase) {
    create(database, 24).await;
    walk!(database, {
        "a, t, c, id" => |s| s.a.asc().then(s.t.asc()).then(s.c.asc()).then(s.id.asc());
        "t DESC, a, c DESC, id" => |s| s.t.desc().then(s.a.asc()).then(s.c.desc()).then(s.id.asc());
        "c DESC, t, a DESC, id DESC" =>
            |s| s.c.desc().then(s.t.asc()).then(s.a.desc()).then(s.id.desc());
        "b, c DESC" => |s| s.b.asc().then(s.c.desc()).then(s.t.asc()).then(s.a.asc());
    });
}

async fn all_rows_tie(database: &TestDatabase) {
    create(database, 12).await;
    database.execute("UPDATE spread SET a = 1, t = 'x'").await;
    nullable_orders(database).await;
}

async fn no_nulls(database: &TestDatabase) {
    create(database, 12).await;
    database.execute("UPDATE spread SET a = c WHERE a IS NULL").await;
    database.execute("UPDATE spread SET t = b WHERE t IS NULL").await;
    nullable_orders(database).await;
}

async fn only_nulls(database: &TestDatabase) {
    create(database, 12).await;
    database.execute("UPDATE spread SET a = NULL, t = NULL").await;
    nullable_orders(database).await;
}

async fn nullable_orders(database: &TestDatabase) {
    walk!(database, {
        "a, id" => |s| s.a.asc().then(s.id.asc());
        "a DESC, id" => |s| s.a.desc().then(s.id.asc());
        "a, t DESC, id DESC" => |s| s.a.asc().then(s.t.desc()).then(s.id.desc());
        "t DESC, a, id" => |s| s.t.desc().then(s.a.asc()).then(s.id.asc());
    });
}

/// Ranges are in value order, from left to right, whatever the directions.
async fn ranges(database: &TestDatabase) {
    create(database, 30).await;
    let pool = database.pool();
    let bound = |b: &str, c| (b.to_owned(), c);
    let inside = "(b > 'b1' OR (b = 'b1' AND c >= 2)) AND (b < 'b3' OR (b = 'b3' AND c < 4))";
    for (sql, expected) in [
        (inside, ordered_where(database, inside, "b, c").await),
        ("backwards", ordered_where(database, inside, "b DESC, c DESC").await),
        ("mixed", ordered_where(database, inside, "b DESC, c").await),
    ] {
        walk(sql, &expected, || {
            let range = bound("b1", 2)..bound("b3", 4);
            let spread = Spread::batch_iter(pool);
            match sql {
                "backwards" => {
                    spread.order_by(|s| s.b.asc().then(s.c.asc())).range(range).reverse()
                }
                // The range is kept when the order changes.
                "mixed" => spread
                    .order_by(|s| s.b.asc().then(s.c.asc()))
                    .range(range)
                    .order_by(|s| s.b.desc().then(s.c.asc())),
                _ => spread.order_by(|s| s.b.asc().then(s.c.asc())).range(range),
            }
        })
        .await;
    }
}

async fn a_composite_chunk_key(database: &TestDatabase) {
    #[derive(Chunked, Debug)]
    #[chunked(table = "spread")]
    struct ByPrimaryKey {
        #[chunk_key]
        #[chunked(primary_key)]
        b: String,
        #[chunk_key]
        #[chunked(primary_key)]
        c: i64,
        id: i64,
    }

    create(database, 30).await;
    let expected = ordered(database, "b, c").await;
    for batch_size in 1..=31 {
        let rows = ByPrimaryKey::iter(database.pool()).batch_size(batch_size);
        let ids: Vec<_> = rows.map_ok(|row| row.id).try_collect().await.unwrap();
        assert_eq!(ids, expected);
    }
    let above: Vec<_> = ByPrimaryKey::iter(database.pool())
        .range(("b4".to_owned(), 3)..)
        .map_ok(|row| (row.b, row.c))
        .try_collect()
        .await
        .unwrap();
    assert_eq!(
        above,
        [("b4".to_owned(), 3), ("b4".to_owned(), 4), ("b5".to_owned(), 0)]
            .into_iter()
            .chain((1..=4).map(|c| ("b5".to_owned(), c)))
            .collect::<Vec<_>>()
    );
}

/// Creates a table with ties in every column but the first, and blocks of NULLs in two of them.
async fn create(database: &TestDatabase, rows: i64) {
    database
        .execute(format!(
            "CREATE TABLE spread (id {BIGINT} NOT NULL PRIMARY KEY, a {BIGINT}, b {TEXT} NOT NULL,
             c {BIGINT} NOT NULL, d {BIGINT} NOT NULL, t {TEXT}, UNIQUE (b, c), UNIQUE (c, d))"
        ))
        .await;
    for row in 0..rows {
        // 7 and 30 have no common factor, so the ids come in no order.
        let id = row * 7 % 30;
        let a = if row % 4 == 0 { "NULL".to_owned() } else { (row % 4 % 3).to_string() };
        let t = match row % 5 {
            0 | 3 => "NULL",
            1 => "''",
            _ => "'Xy'",
        };
        let (kind, round) = (row % 6, row / 6);
        let unique = format!("'b{kind}', {round}, {}", kind * 2);
        database.execute(format!("INSERT INTO spread VALUES ({id}, {a}, {unique}, {t})")).await;
    }
}

/// Returns the ids as the database orders them.
async fn ordered(database: &TestDatabase, order: &str) -> Vec<i64> {
    ordered_where(database, "1 = 1", order).await
}

async fn ordered_where(database: &TestDatabase, condition: &str, order: &str) -> Vec<i64> {
    let sql = format!("SELECT id FROM spread WHERE {condition} ORDER BY {order}");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(database.pool()).await.unwrap()
}

async fn walk<K>(
    order: &str,
    expected: &[i64],
    spread: impl Fn() -> BatchIter<'static, Spread, Db, K>,
) {
    let mut backwards = expected.to_vec();
    backwards.reverse();
    for batch_size in 1..=expected.len() + 1 {
        check(order, batch_size, expected, || spread().batch_size(batch_size)).await;
        check(order, batch_size, &backwards, || spread().reverse().batch_size(batch_size)).await;
    }
}

async fn check<K>(
    order: &str,
    batch_size: usize,
    expected: &[i64],
    spread: impl Fn() -> BatchIter<'static, Spread, Db, K>,
) {
    let mut ids = Vec::new();
    let mut batches = spread();
    while let Some(batch) = batches.try_next().await.unwrap() {
        ids.extend(batch.iter().map(|row| row.id));
        assert_eq!(ids, expected[..ids.len()], "ORDER BY {order}, {batch_size} a batch");

        // The same position in another process, which also reads other batches.
        let cursor: Cursor<Spread> = batch.cursor().to_string().parse().unwrap();
        assert_eq!(cursor, batch.cursor());
        let next = spread().batch_size(3).after(cursor).try_next().await.unwrap();
        let next: Vec<_> = next.into_iter().flatten().map(|row| row.id).collect();
        let rest = &expected[ids.len()..];
        assert_eq!(next, rest[..rest.len().min(3)], "ORDER BY {order}, after {:?}", batch.cursor());
    }
    assert_eq!(ids, expected, "ORDER BY {order}, {batch_size} a batch");
}
