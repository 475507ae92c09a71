//! Walks over realistic data: one value for most rows, NULLs in nearly all, matches in one place
//! only, a tie of the whole table. There, too, a batch costs no more than a batch.

use futures_util::{
    FutureExt as _, StreamExt as _, TryStreamExt as _, future::BoxFuture, stream::BoxStream,
};
use sqlx::{AssertSqlSafe, Pool};
use sqlx_chunked::{BatchIter, BoxedOrder, Chunked, Error, bounds::BoxedKey};

use super::plans::Cost;
use crate::{
    Db,
    dialect::{BIGINT, TEXT},
    harness::TestDatabase,
};

/// Rows in a batch.
pub(crate) const BATCH: u64 = 100;

#[derive(Chunked)]
#[chunked(table = "skewed_readings")]
#[expect(dead_code, reason = "rows are counted, not looked at")]
pub(crate) struct Reading {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    /// 0 in six of ten rows, 1 in one of twenty, else one of eight others.
    category: i64,
    /// The same for all rows.
    same: i64,
    /// NULL in nine of ten rows.
    published: Option<i64>,
    /// `published` if the column of that name is not NULL, otherwise `draft`.
    status: String,
    /// 0 if the category is 1.
    flag: i64,
    /// The same as `category`, for an index of mixed directions.
    mixed: i64,
    score: i64,
    /// NULL where `published` is.
    word: Option<String>,
}

/// Creates as many rows as `PLAN_ROWS` says, or 100,000.
pub(crate) async fn create(database: &TestDatabase) {
    let rows: u64 = std::env::var("PLAN_ROWS").map_or(100_000, |rows| rows.parse().unwrap());
    database
        .execute(format!(
            "CREATE TABLE skewed_readings (id {BIGINT} NOT NULL PRIMARY KEY, \
               category {BIGINT} NOT NULL, same {BIGINT} NOT NULL, published {BIGINT}, \
               status {TEXT} NOT NULL, flag {BIGINT} NOT NULL, mixed {BIGINT} NOT NULL, \
               score {BIGINT} NOT NULL, word {TEXT}); \
             CREATE INDEX skewed_category ON skewed_readings (category, id); \
             CREATE INDEX skewed_same ON skewed_readings (same, id); \
             CREATE INDEX skewed_published ON skewed_readings (published, id); \
             CREATE INDEX skewed_mixed ON skewed_readings (mixed, score DESC, id); \
             CREATE INDEX skewed_word ON skewed_readings (word, id)"
        ))
        .await;
    let digits = "(SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL \
                  SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL \
                  SELECT 8 UNION ALL SELECT 9)";
    // Spread over the table by a number that has no factor in common with it.
    database
        .execute(format!(
            "INSERT INTO skewed_readings SELECT n, c, 7, p, \
               CASE WHEN p IS NULL THEN 'draft' ELSE 'published' END, \
               CASE WHEN c = 1 THEN 0 ELSE 1 END, c, (n * 31 % 50), \
               CASE WHEN p IS NOT NULL THEN concat('w', p) END \
             FROM (SELECT n, \
               CASE WHEN (n * 7919 % 100) < 60 THEN 0 WHEN (n * 7919 % 100) < 65 THEN 1 \
                    ELSE 2 + (n * 7919 % 8) END AS c, \
               CASE WHEN (n * 6007 % 10) = 0 THEN (n * 12347 % 1000) END AS p \
               FROM (SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d \
                 AS n FROM {digits} a, {digits} b, {digits} c, {digits} e, {digits} f, {digits} g) \
                 numbers \
               WHERE n <= {rows}) spread"
        ))
        .await;
}

type Batches = BoxStream<'static, Result<usize, Error>>;

macro_rules! walks {
    ($($name:literal: $readings:ident => $iteration:expr;)+) => {
        const WALKS: &[(&str, fn(&Pool<Db>) -> Batches)] = &[$(($name, |pool| {
            let $readings = Reading::batch_iter(pool).batch_size(usize::try_from(BATCH).unwrap());
            $iteration.map_ok(|batch| batch.len()).boxed()
        })),+];
    };
}

walks! {
    "id": r => r;
    "category, id": r => r.order_by(|r| r.category.asc().then(r.id.asc()));
    "category desc, id desc": r => r.order_by(|r| r.category.desc().then(r.id.desc()));
    "category, id; flag = 0, which is category 1":
        r => r.order_by(|r| r.category.asc().then(r.id.asc())).filter(|r| r.flag.eq(0));
    "same, id: one tie": r => r.order_by(|r| r.same.asc().then(r.id.asc()));
    "same desc, id desc: one tie": r => r.order_by(|r| r.same.desc().then(r.id.desc()));
    "category = 0; category, id": r => r
        .filter(|r| r.category.eq(0))
        .order_by(|r| r.category.asc().then(r.id.asc()));
    "published, id: 90 % NULL": r => r.order_by(|r| r.published.asc().then(r.id.asc()));
    "published desc, id desc: 90 % NULL":
        r => r.order_by(|r| r.published.desc().then(r.id.desc()));
    "published desc, id desc; status = published": r => r
        .filter(|r| r.status.eq("published"))
        .order_by(|r| r.published.desc().then(r.id.desc()));
    "published, id; status = published, not NULL": r => r
        .filter(|r| r.status.eq("published").and(r.published.is_not_null()))
        .order_by(|r| r.published.asc().then(r.id.asc()));
    "mixed, score desc, id": r => r
        .order_by(|r| r.mixed.asc().then(r.score.desc()).then(r.id.asc()));
    "mixed desc, score, id desc": r => r
        .order_by(|r| r.mixed.desc().then(r.score.asc()).then(r.id.desc()));
}

/// Walks, and checks that no batch but the first and the last took more than `most` of the first
/// count. If all matches are in one tie and the planner expects them everywhere, the rest of that
/// tie is allowed on top. With a filter, the first batch has to find where its rows begin, and the
/// last one where they end.
pub(crate) async fn check(
    pool: &Pool<Db>,
    cost_of: impl AsyncFn(&Pool<Db>, BoxFuture<'_, ()>) -> Cost,
    most: u64,
    rest_of_a_tie: u64,
) {
    for (name, walk) in WALKS {
        let mut batches = walk(pool);
        let mut costs = Vec::new();
        loop {
            let mut read = None;
            let cost =
                cost_of(pool, async { read = batches.try_next().await.unwrap() }.boxed()).await;
            costs.push(cost[0].1);
            if read.is_none_or(|rows| rows as u64 != BATCH) {
                break;
            }
        }
        // It costs nothing to find that there are no more rows.
        if costs.last() == Some(&0) {
            costs.pop();
        }
        let (first, last) = (costs[0], costs.pop().unwrap());
        let middle = &costs[1..];
        let highest = middle.iter().max().copied().unwrap_or(0);
        let half = middle.get(middle.len() / 2).copied().unwrap_or(0);
        // For `--nocapture`, in the format of the documentation.
        println!("| {name} | {first} | {half} | {highest} | {last} |");
        assert!(middle.len() > 5, "{name}: {} batches", costs.len());
        let most = if name.contains("flag") { most + rest_of_a_tie } else { most };
        assert!(highest <= most, "{name}: {costs:?}, but {most} are enough");
    }
}

/// Batches in an order that has an index.
type Ordered = BatchIter<'static, Reading, Db, BoxedKey>;

/// The orders that rows are written and locked in.
pub(crate) const ORDERS: &[(&str, fn(&Pool<Db>) -> Ordered)] = &[
    ("id", |pool| by(pool, |r| r.id.asc().boxed())),
    ("category desc, id desc", |pool| by(pool, |r| r.category.desc().then(r.id.desc()).boxed())),
    ("same, id", |pool| by(pool, |r| r.same.asc().then(r.id.asc()).boxed())),
    ("published, id", |pool| by(pool, |r| r.published.asc().then(r.id.asc()).boxed())),
    ("published desc, id desc", |pool| by(pool, |r| r.published.desc().then(r.id.desc()).boxed())),
    ("word, id", |pool| by(pool, |r| r.word.asc().then(r.id.asc()).boxed())),
    ("word desc, id desc", |pool| by(pool, |r| r.word.desc().then(r.id.desc()).boxed())),
    ("mixed, score desc, id", |pool| {
        by(pool, |r| r.mixed.asc().then(r.score.desc()).then(r.id.asc()).boxed())
    }),
];

fn by(pool: &Pool<Db>, order: fn(<Reading as Chunked>::Columns) -> BoxedOrder<Reading>) -> Ordered {
    Reading::batch_iter(pool).batch_size(usize::try_from(BATCH).unwrap()).order_by(order)
}

/// Cuts the table in every order, and reads the parts. Checks that a cut took no more than `cut` of the
/// first count, and no batch more than `most`, the last ones of parts included; and that the parts are
/// even, and have all rows in order.
pub(crate) async fn check_parts(
    pool: &Pool<Db>,
    cost_of: impl AsyncFn(&Pool<Db>, BoxFuture<'_, ()>) -> Cost,
    cut: u64,
    most: u64,
) {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM skewed_readings").fetch_one(pool).await.unwrap();
    let even = u64::try_from(count).unwrap() / 7;
    for (name, rows) in ORDERS {
        let mut parts = Vec::new();
        let work = async { parts = rows(pool).parts(7).await.unwrap() };
        let cost = cost_of(pool, work.boxed()).await;
        println!("| {name}, the cut | {cost:?} |");
        assert!(cost[0].1 <= cut, "{name}, the cut: {cost:?}, but {cut} are enough");
        let near = even * 4 / 5..=even * 6 / 5;
        assert!(parts.iter().all(|part| near.contains(&part.rows())), "{parts:?}");

        let (mut read, mut highest) = (Vec::new(), 0);
        for part in parts {
            let mut batches = rows(pool).part(part);
            loop {
                let mut batch = None;
                let work = async { batch = batches.try_next().await.unwrap() };
                let cost = cost_of(pool, work.boxed()).await;
                highest = cost[0].1.max(highest);
                assert!(cost[0].1 <= most, "{name}: {cost:?}, but {most} are enough");
                let Some(batch) = batch else { break };
                read.extend(batch.iter().map(|row| row.id));
            }
        }
        println!("| {name}, parts | {highest} at most |");
        let sql = format!("SELECT id FROM skewed_readings ORDER BY {name}");
        let all: Vec<i64> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await.unwrap();
        assert!(read == all, "{name}: {} rows of {}", read.len(), all.len());
    }
}

/// Updates a few batches at the beginning and in the middle, and checks that none took more than
/// `most` of the first count.
pub(crate) async fn check_writes(
    pool: &Pool<Db>,
    cost_of: impl AsyncFn(&Pool<Db>, BoxFuture<'_, ()>) -> Cost,
    most: u64,
) {
    for (name, rows) in ORDERS {
        let mut half = rows(pool).batch_size(50_000);
        let middle = half.try_next().await.unwrap().unwrap().cursor();
        drop(half);
        for after in [None, Some(middle)] {
            let place = if after.is_some() { "in the middle" } else { "at the beginning" };
            let mut writes = rows(pool).resume(after).update(|r| {
                r.flag.set_sql(|q| {
                    q.push("1 - flag");
                })
            });
            // The first batch also asks what is asked once.
            writes.try_next().await.unwrap();
            for _ in 0..5 {
                let mut written = None;
                let write = async { written = writes.try_next().await.unwrap() };
                let cost = cost_of(pool, write.boxed()).await;
                assert_eq!(written.unwrap().rows_affected(), BATCH);
                println!("| {name}, {place} | {cost:?} |");
                assert!(cost[0].1 <= most, "{name}, {place}: {cost:?}, but {most} are enough");
            }
        }
    }
}
