//! A large table, and walks over it in which every batch must cost the same: the index is entered
//! at the position, and read no further than the batch goes. Each database measures that in its own
//! way (`plans.rs` next to its `main.rs`).

use futures_util::{
    FutureExt as _, StreamExt as _, TryStreamExt as _, future::BoxFuture, stream::BoxStream,
};
use sqlx::Pool;
use sqlx_chunked::{Batch, Chunked, Cursor, Error};

use crate::{Db, dialect::BIGINT, harness::TestDatabase};

/// Rows in a batch.
pub(crate) const BATCH: u64 = 200;

/// The number of rows that have the same first column of a key.
pub(crate) const TIES: u64 = 10_000;

/// A row of a table with an index for every order that is walked in, and no other: with two for the
/// same first column, a planner's guess would decide.
#[derive(Chunked)]
#[chunked(table = "readings", unique(a, b), unique(c, d))]
#[expect(dead_code, reason = "rows are counted, not looked at")]
pub(crate) struct Reading {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    /// One of ten values, so that far more rows tie than a batch has.
    a: i64,
    b: i64,
    /// The same as `a` and `b`, for an index of mixed directions.
    c: i64,
    d: i64,
    /// NULL in half of the rows.
    delay: Option<i64>,
    /// 1 in about half of the rows, 0 in the others.
    kind: i64,
}

/// Creates 100,000 of them.
pub(crate) async fn create(database: &TestDatabase) {
    let column = |name| format!("{name} {BIGINT} NOT NULL");
    let [id, a, b, c, d, kind] = ["id", "a", "b", "c", "d", "kind"].map(column);
    database
        .execute(format!(
            "CREATE TABLE readings ({id} PRIMARY KEY, {a}, {b}, {c}, {d}, delay {BIGINT}, {kind}); \
             CREATE UNIQUE INDEX by_a_b ON readings (a, b); \
             CREATE UNIQUE INDEX by_c_d ON readings (c ASC, d DESC); \
             CREATE INDEX by_delay_id ON readings (delay, id)"
        ))
        .await;
    // Numbers from digits, since no other way to generate numbers works on all databases. The NULLs
    // are in one piece, so that they cannot be found by chance among other rows.
    database
        .execute(
            "INSERT INTO readings \
             WITH digits (d) AS (SELECT 0 UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 \
               UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 \
               UNION ALL SELECT 8 UNION ALL SELECT 9), \
             numbers (n) AS (SELECT 1 + p.d + 10 * q.d + 100 * r.d + 1000 * s.d + 10000 * t.d \
               FROM digits p, digits q, digits r, digits s, digits t) \
             SELECT n, n % 10, 100001 - n, n % 10, 100001 - n, \
               CASE WHEN n <= 25000 OR n > 75000 THEN n % 999 END, \
               CASE WHEN n % 7 < 4 THEN 1 ELSE 0 END \
             FROM numbers",
        )
        .await;
}

pub(crate) type Batches = BoxStream<'static, Result<Batch<Reading>, Error>>;

/// A walk.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    read: fn(&Pool<Db>, From) -> Batches,
    flags: &'static [&'static str],
}

impl Shape {
    /// Returns whether about half of the rows that are read are left out.
    pub(crate) fn is_filtered(&self) -> bool {
        self.flags.contains(&"filtered")
    }

    /// Returns whether NULLs are rows like others.
    pub(crate) fn is_nullable(&self) -> bool {
        self.flags.contains(&"nullable")
    }

    /// Returns whether the rows are not in one piece in the index, but have others in between: at
    /// one place as many as tie.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.flags.contains(&"interrupted")
    }

    /// Returns the batches from the start, or after the row with an id, if that is part of the
    /// walk.
    pub(crate) async fn batches(&self, pool: &Pool<Db>, behind: Option<i64>) -> Option<Batches> {
        let from = match behind {
            None => From::Start,
            Some(id) => {
                let mut only = (self.read)(pool, From::Only(id));
                From::Behind(only.try_next().await.unwrap()?.cursor())
            }
        };
        Some((self.read)(pool, from))
    }
}

/// The start of a walk.
enum From {
    Start,
    /// After a row.
    Behind(Cursor<Reading>),
    /// At the row with an id, which is also the end.
    Only(i64),
}

/// All walks: `name: iteration`.
macro_rules! shapes {
    ($($name:literal $($flag:ident)*: $readings:ident => $iteration:expr;)+) => {
        pub(crate) const SHAPES: &[Shape] = &[$(Shape {
            name: $name,
            read: |pool, from| {
                let batch_size = usize::try_from(BATCH).unwrap();
                let $readings = Reading::batch_iter(pool).batch_size(batch_size);
                match from {
                    From::Start => $iteration.boxed(),
                    From::Behind(cursor) => $iteration.after(cursor).boxed(),
                    From::Only(id) => $iteration.filter(|r| r.id.eq(id)).boxed(),
                }
            },
            flags: &[$(stringify!($flag)),*],
        }),+];
    };
}

shapes! {
    "id": r => r;
    "id desc": r => r.reverse();
    "id, range": r => r.range(20_001..=80_000);
    "id desc, range": r => r.range(20_001..=80_000).reverse();
    "id, filter" filtered: r => r.filter(|r| r.kind.eq(1));
    "id desc, filter" filtered: r => r.filter(|r| r.kind.eq(1)).reverse();

    "a, b": r => r.order_by(|r| r.a.asc().then(r.b.asc()));
    "a desc, b desc": r => r.order_by(|r| r.a.desc().then(r.b.desc()));
    "a, b, range":
        r => r.order_by(|r| r.a.asc().then(r.b.asc())).range((2, 50_000)..(8, 50_000));
    "a desc, b desc, range":
        r => r.order_by(|r| r.a.desc().then(r.b.desc())).range((2, 50_000)..(8, 50_000));
    "a, b, filter" filtered:
        r => r.order_by(|r| r.a.asc().then(r.b.asc())).filter(|r| r.kind.eq(1));
    "a desc, b desc, filter" filtered:
        r => r.order_by(|r| r.a.desc().then(r.b.desc())).filter(|r| r.kind.eq(1));

    "c, d desc": r => r.order_by(|r| r.c.asc().then(r.d.desc()));
    "c desc, d": r => r.order_by(|r| r.c.desc().then(r.d.asc()));
    "c, d desc, range" interrupted:
        r => r.order_by(|r| r.c.asc().then(r.d.desc())).range((2, 50_000)..(8, 50_000));
    "c desc, d, range" interrupted:
        r => r.order_by(|r| r.c.desc().then(r.d.asc())).range((2, 50_000)..(8, 50_000));
    "c, d desc, filter" filtered:
        r => r.order_by(|r| r.c.asc().then(r.d.desc())).filter(|r| r.kind.eq(1));
    "c desc, d, filter" filtered:
        r => r.order_by(|r| r.c.desc().then(r.d.asc())).filter(|r| r.kind.eq(1));

    "delay, id" nullable: r => r.order_by(|r| r.delay.asc().then(r.id.asc()));
    "delay desc, id desc" nullable: r => r.order_by(|r| r.delay.desc().then(r.id.desc()));
    "delay, id, filter" filtered nullable:
        r => r.order_by(|r| r.delay.asc().then(r.id.asc())).filter(|r| r.kind.eq(1));
    "delay desc, id desc, filter" filtered nullable:
        r => r.order_by(|r| r.delay.desc().then(r.id.desc())).filter(|r| r.kind.eq(1));

    "id, up to now": r => r.up_to_now();
    "id, filter, up to now" filtered: r => r.filter(|r| r.kind.eq(1)).up_to_now();
    "a, b, up to now": r => r.order_by(|r| r.a.asc().then(r.b.asc())).up_to_now();
    "c, d desc, up to now": r => r.order_by(|r| r.c.asc().then(r.d.desc())).up_to_now();
    "delay, id, up to now" nullable:
        r => r.order_by(|r| r.delay.asc().then(r.id.asc())).up_to_now();
}

/// The same rows by another key.
#[derive(Chunked)]
#[chunked(table = "readings")]
struct Pair {
    #[chunk_key]
    #[chunked(primary_key)]
    a: i64,
    #[chunk_key]
    #[chunked(primary_key)]
    b: i64,
}

/// Reads a batch with its related rows, one for each row, in several ways and several times, and
/// checks that it never took more than `most`.
pub(crate) async fn check_related(
    pool: &Pool<Db>,
    cost_of: impl AsyncFn(&Pool<Db>, BoxFuture<'_, ()>) -> Cost,
    most: &[u64],
) {
    let batch_size = usize::try_from(BATCH).unwrap();
    let readings = || Reading::batch_iter(pool).range(50_001..).batch_size(batch_size);
    for round in 0..8 {
        let one = async {
            let batch = readings().with_optional::<Reading>(|r| r.b).try_next().await;
            let mut rows = batch.unwrap().unwrap().into_iter();
            assert!(rows.all(|(reading, other)| other.unwrap().id == reading.b));
        };
        let one_by_two = async {
            let batch = readings().with_one::<Pair>(|r| (r.a, r.b)).try_next().await;
            let mut rows = batch.unwrap().unwrap().into_iter();
            assert!(rows.all(|(reading, pair)| (pair.a, pair.b) == (reading.a, reading.b)));
        };
        let many_by_two = async {
            let pairs = Pair::batch_iter(pool).range((5, 50_000)..).batch_size(batch_size);
            let batch = pairs.with_many::<Reading>(|r| (r.a, r.b)).try_next().await;
            let mut rows = batch.unwrap().unwrap().into_iter();
            assert!(rows.all(|(pair, readings)| {
                matches!(&readings[..], [reading] if (reading.a, reading.b) == (pair.a, pair.b))
            }));
        };
        let costs = [
            ("one", cost_of(pool, one.boxed()).await),
            ("one by two columns", cost_of(pool, one_by_two.boxed()).await),
            ("many by two columns", cost_of(pool, many_by_two.boxed()).await),
        ];
        for (name, cost) in costs {
            assert!(
                cost.iter().zip(most).all(|((_, count), most)| count <= most),
                "{name}, round {round}: {cost:?}, but {most:?} are enough",
            );
            println!("{name}: {cost:?}");
        }
    }
}

/// Returns the rows after which batches are read: from everywhere in the table; at both ends of
/// each order; and within, before and after the block of NULLs.
fn positions() -> impl Iterator<Item = Option<i64>> {
    let spread = (1..=9).map(|n| 11_119 * n);
    let ends = [1, 150, 99_850, 100_000].into_iter();
    let ties = [9, 10, 1_009, 1_010, 99_009, 99_010].into_iter();
    let nulls = [25_001, 25_150, 50_000, 74_850, 75_000].into_iter();
    let around_nulls = [99_899, 98_900, 99_897, 999, 1_998, 1_000].into_iter();
    let ids = spread.chain(ends).chain(ties).chain(nulls).chain(around_nulls);
    [None].into_iter().chain(ids.map(Some))
}

/// Counts of what a batch took, with their names.
pub(crate) type Cost = Vec<(&'static str, u64)>;

/// Reads batches of a walk from all positions, and checks that none of them took more than `most`.
pub(crate) async fn check(
    shape: &Shape,
    pool: &Pool<Db>,
    next: impl AsyncFn(&Pool<Db>, &mut Batches) -> (Option<Batch<Reading>>, Cost),
    most: &[u64],
) {
    let mut costs = Vec::new();
    for behind in positions() {
        let Some(mut batches) = shape.batches(pool, behind).await else { continue };
        // The first batch of an iteration may ask for more than the others.
        for place in 1..=3 {
            let (batch, cost) = next(pool, &mut batches).await;
            let Some(batch) = batch else { break };
            assert!(
                cost.iter().zip(most).all(|((_, count), most)| count <= most),
                "{}: batch {place} behind {behind:?}, {} rows: {cost:?}, but {most:?} are enough",
                shape.name,
                batch.len(),
            );
            costs.push(cost);
        }
    }
    // For `--nocapture`.
    let summary = |count: usize| {
        let (name, first) = costs[0][count];
        let most = costs.iter().map(|cost| cost[count].1).max().unwrap_or(0);
        format!("{first} {name}, {most} at most")
    };
    let counts: Vec<_> = (0..costs[0].len()).map(summary).collect();
    println!("{}: first batch {}", shape.name, counts.join("; "));
}
