//! Orders of one to four columns with everything chosen at random: directions, ties, NULLs, batch
//! sizes, where a walk is continued or turned around, and which rows are gone by then.

use std::ops::{Bound, RangeBounds as _};

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use proptest::{array::uniform4, prelude::*, sample::Index};
use sqlx::{AssertSqlSafe, FromRow};
use sqlx_chunked::{Batch, BatchIter, Chunked, Cursor};

use super::random;
use crate::{
    Db,
    dialect::{BIGINT, MOMENT, TEXT, WORDS},
    harness::TestDatabase,
};

tests! { plain_words, words_of_another_collation, padded_words }

#[derive(Chunked, Clone, Debug, FromRow)]
#[chunked(table = "mixed", unique(c, d))]
struct Mixed {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[allow(dead_code, reason = "only ordered by")]
    flag: Option<bool>,
    n: Option<i64>,
    #[allow(dead_code, reason = "only ordered by")]
    t: Option<DateTime<Utc>>,
    #[allow(dead_code, reason = "only ordered by")]
    word: Option<String>,
    c: i64,
    d: String,
}

type Walk<K> = BatchIter<'static, Mixed, Db, K>;

macro_rules! directed {
    ($column:expr, $descending:expr) => {
        if $descending { $column.desc() } else { $column.asc() }
    };
}

macro_rules! orders {
    ($($place:literal => $first:ident $($next:ident)*;)+) => {
        /// The columns of each order.
        const ORDERS: &[&[&str]] = &[$(&[stringify!($first) $(, stringify!($next))*]),+];

        /// Walks in the chosen order. The directions are not part of its type.
        async fn check(database: &TestDatabase, case: &Case) {
            match case.order {
                $($place => {
                    case.check(database, |walk| {
                        let mut directions = case.descending.into_iter();
                        let mut descending = || directions.next().unwrap_or_default();
                        walk.order_by(|m| {
                            directed!(m.$first, descending())
                                $(.then(directed!(m.$next, descending())))*
                        })
                    })
                    .await;
                })+
                place => unreachable!("no order {place}"),
            }
        }
    };
}

orders! {
    0 => id;
    1 => n id;
    2 => word id;
    3 => c id;
    4 => c d;
    5 => flag n id;
    6 => t word id;
    7 => c n id;
    8 => n c d;
    9 => c t d;
    10 => flag n t id;
    11 => word n c id;
    12 => n c word d;
    13 => c flag n d;
    14 => d flag t id;
    15 => t flag c d;
}

/// A table and a walk over it.
#[derive(Clone, Debug)]
struct Case {
    rows: Vec<Row>,
    order: usize,
    descending: [bool; 4],
    reversed: bool,
    /// Only rows in which `n` is another number.
    without: Option<i64>,
    /// Only rows in which `n` is a number.
    numbers: bool,
    /// A range of `c` and `d`, whatever the order.
    range: Option<(Bound<Pair>, Bound<Pair>)>,
    limit: Option<usize>,
    /// Rows in a batch, and batches until another iteration continues the walk.
    pieces: Vec<(usize, usize)>,
    /// The row at which the walk is turned around, and continued when rows are gone.
    turn: Index,
}

type Pair = (i64, String);

#[derive(Clone, Debug)]
struct Row {
    pair: Pair,
    /// The value of each nullable column, if any.
    values: [Option<usize>; 4],
    /// True if it is deleted during the walk.
    goes: bool,
}

async fn plain_words(database: &TestDatabase) {
    walks(database, WORDS[0]).await;
}

async fn words_of_another_collation(database: &TestDatabase) {
    walks(database, WORDS[1]).await;
}

async fn padded_words(database: &TestDatabase) {
    walks(database, WORDS[2]).await;
}

async fn walks(database: &TestDatabase, words: &str) {
    database
        .execute(format!(
            "CREATE TABLE mixed (id {BIGINT} NOT NULL PRIMARY KEY, flag BOOLEAN, n {BIGINT}, \
             t {MOMENT}, word {words}, c {BIGINT} NOT NULL, d {TEXT} NOT NULL, UNIQUE (c, d))"
        ))
        .await;
    // Some orders have an index of all columns, some of the first ones, and some have none.
    database
        .execute(
            "CREATE INDEX by_n ON mixed (n, id); CREATE INDEX by_word ON mixed (word, n, c); \
             CREATE INDEX by_t ON mixed (t, word, id); CREATE INDEX by_c_n ON mixed (c, n)",
        )
        .await;
    random::check(&cases(), async |case| {
        case.fill(database).await;
        check(database, &case).await;
    });
}

/// Few values, so that most rows tie, and any share of NULLs.
fn cases() -> impl Strategy<Value = Case> {
    let rows = (prop::sample::subsequence(pairs(), 0..=36).prop_shuffle(), uniform4(0..=4_usize))
        .prop_flat_map(|(pairs, nulls)| {
            pairs.into_iter().map(|pair| row(pair, nulls)).collect::<Vec<_>>()
        });
    let pair = || prop::sample::select(pairs());
    let bound = || {
        prop_oneof![
            pair().prop_map(Bound::Included),
            pair().prop_map(Bound::Excluded),
            Just(Bound::Unbounded),
        ]
    };
    let conditions = (
        prop::option::weighted(0.3, 0..4_i64),
        prop::bool::weighted(0.3),
        prop::option::weighted(0.5, (bound(), bound())),
        prop::option::weighted(0.3, 0..40_usize),
    );
    let order = (0..ORDERS.len(), any::<[bool; 4]>(), any::<bool>());
    let pieces = prop::collection::vec((1..9_usize, 1..4_usize), 1..4);
    (rows, order, conditions, pieces, any::<Index>()).prop_map(
        |(rows, order, conditions, pieces, turn)| {
            let (order, descending, reversed) = order;
            let (without, numbers, range, limit) = conditions;
            Case { rows, order, descending, reversed, without, numbers, range, limit, pieces, turn }
        },
    )
}

/// Returns all pairs of `c` and `d`.
fn pairs() -> Vec<Pair> {
    (0..6).flat_map(|c| (0..6).map(move |d| (c, format!("d{d}")))).collect()
}

/// A row whose columns are NULL as often as `nulls` says: from never to always.
fn row(pair: Pair, nulls: [usize; 4]) -> impl Strategy<Value = Row> {
    (uniform4(0..4_usize), prop::bool::weighted(0.2)).prop_map(move |(values, goes)| {
        let mut nulls = nulls.into_iter();
        let value = |value| nulls.next().is_none_or(|nulls| value >= nulls).then_some(value);
        Row { pair: pair.clone(), values: values.map(value), goes }
    })
}

impl Case {
    async fn fill(&self, database: &TestDatabase) {
        database.execute("DELETE FROM mixed").await;
        let rows: Vec<_> = self.rows.iter().enumerate().map(|(id, row)| row.sql(id)).collect();
        if !rows.is_empty() {
            database.execute(format!("INSERT INTO mixed VALUES {}", rows.join(", "))).await;
        }
    }

    /// Adds the conditions.
    fn conditional(&self, mut walk: Walk<(i64,)>) -> Walk<(i64,)> {
        walk = match (self.without, self.numbers) {
            (Some(n), true) => walk.filter(|m| m.n.ne(n).and(m.n.is_not_null())),
            (Some(n), false) => walk.filter(|m| m.n.ne(n)),
            (None, true) => walk.filter(|m| m.n.is_not_null()),
            (None, false) => walk,
        };
        match self.range.clone() {
            None => walk,
            // The range is kept when the order changes.
            Some(range) => {
                walk.order_by(|m| m.c.asc().then(m.d.asc())).range(range).order_by(|m| m.id.asc())
            }
        }
    }

    /// Returns all rows, in the order of one plain query.
    async fn rows(&self, database: &TestDatabase) -> Vec<Mixed> {
        let columns = ORDERS[self.order].iter().zip(self.descending);
        let order: Vec<_> = columns
            .map(|(column, descending)| {
                let descending = descending != self.reversed;
                format!("{column} {}", if descending { "DESC" } else { "ASC" })
            })
            .collect();
        let sql = format!("SELECT * FROM mixed ORDER BY {}", order.join(", "));
        sqlx::query_as(AssertSqlSafe(sql)).fetch_all(database.pool()).await.unwrap()
    }

    /// Returns the ids of the rows that meet the conditions.
    fn among<'r>(&self, rows: impl IntoIterator<Item = &'r Mixed>) -> Vec<i64> {
        rows.into_iter().filter(|row| self.lets_in(row)).map(|row| row.id).collect()
    }

    fn lets_in(&self, row: &Mixed) -> bool {
        let pair = (row.c, row.d.clone());
        self.without.is_none_or(|without| row.n.is_some_and(|n| n != without))
            && (!self.numbers || row.n.is_some())
            && self.range.as_ref().is_none_or(|range| range.contains(&pair))
    }

    fn limit(&self) -> usize {
        self.limit.unwrap_or(usize::MAX)
    }

    async fn check<K>(&self, database: &TestDatabase, ordered: impl Fn(Walk<(i64,)>) -> Walk<K>) {
        let directed = |walk| if self.reversed { ordered(walk).reverse() } else { ordered(walk) };
        let all = || directed(Mixed::batch_iter(database.pool()));
        let walk = || directed(self.conditional(Mixed::batch_iter(database.pool())));
        let rows = self.rows(database).await;
        self.in_pieces(&self.among(&rows), walk).await;
        if rows.is_empty() {
            return;
        }

        // From any row, whether or not it meets the conditions.
        let turn = self.turn.index(rows.len());
        let start = all().batch_size(turn + 1).try_next().await.unwrap();
        let cursor: Cursor<Mixed> = start.unwrap().cursor().to_string().parse().unwrap();
        let limit = self.limit();
        let size = self.pieces[0].0;
        let walk = || walk().batch_size(size);

        let back = walk().before(cursor.clone()).limit(limit as u64);
        let back: Vec<_> = back.map_ok(ids).try_collect().await.unwrap();
        let back: Vec<_> = back.into_iter().flat_map(|batch| batch.into_iter().rev()).collect();
        let mut before = self.among(rows[..turn].iter().rev());
        before.truncate(limit);
        assert_eq!(back, before, "before");

        let page = walk().after(cursor.clone()).page().await.unwrap();
        let rest = self.among(&rows[turn + 1..]);
        let on_page: Vec<_> = page.rows.iter().map(|row| row.id).collect();
        assert_eq!(on_page, rest[..rest.len().min(size)], "on a page");
        assert_eq!(page.next.is_some(), rest.len() > size);
        assert!(page.previous.is_some());

        // Onwards, when some rows are gone, perhaps also the one that the cursor was taken from.
        let goes = (0..).zip(&self.rows).filter(|(_, row)| row.goes);
        let goes: Vec<i64> = goes.map(|(id, _)| id).collect();
        let is_one = goes.iter().map(|id| format!("id = {id}")).collect::<Vec<_>>().join(" OR ");
        if !goes.is_empty() {
            database.execute(format!("DELETE FROM mixed WHERE {is_one}")).await;
        }
        let left = walk().after(cursor).map_ok(ids).try_concat().await.unwrap();
        let rest: Vec<_> = rest.into_iter().filter(|id| !goes.contains(id)).collect();
        assert_eq!(left, rest, "without {goes:?}");
    }

    /// Walks up to the limit; each piece continues at the token of the previous one.
    async fn in_pieces<K>(&self, expected: &[i64], walk: impl Fn() -> Walk<K>) {
        let limit = self.limit();
        let expected = &expected[..expected.len().min(limit)];
        let mut passed = 0;
        let mut cursor: Option<Cursor<Mixed>> = None;
        for &(batch_size, batches) in self.pieces.iter().cycle() {
            let mut piece = walk().batch_size(batch_size).limit((limit - passed) as u64);
            if let Some(cursor) = cursor.clone() {
                piece = piece.after(cursor);
            }
            for _ in 0..batches {
                let Some(batch) = piece.try_next().await.unwrap() else {
                    assert_eq!(passed, expected.len(), "in pieces");
                    return;
                };
                let rest = &expected[passed..];
                cursor = Some(batch.cursor().to_string().parse().unwrap());
                assert_eq!(ids(batch), rest[..rest.len().min(batch_size)], "in pieces");
                passed += rest.len().min(batch_size);
            }
        }
    }
}

fn ids(batch: Batch<Mixed>) -> Vec<i64> {
    batch.into_iter().map(|row| row.id).collect()
}

impl Row {
    /// Returns its values in SQL.
    fn sql(&self, id: usize) -> String {
        let flags = ["FALSE", "TRUE", "FALSE", "TRUE"];
        let numbers = ["0", "-1", "2", "3"];
        // Less than a second apart.
        let moments = [".000001", ".00001", "", ".5"].map(|f| format!("'2024-02-29 12:00:00{f}'"));
        // Some types call some of these equal.
        let words = ["''", "'a'", "'A'", "'a '"];
        let [flag, n, t, word] = self.values;
        let null = || "NULL".to_owned();
        let literal = |value: Option<usize>, literals: [&str; 4]| {
            value.map_or_else(null, |value| literals[value].to_owned())
        };
        let (c, d) = &self.pair;
        format!(
            "({id}, {}, {}, {}, {}, {c}, '{d}')",
            literal(flag, flags),
            literal(n, numbers),
            literal(t, moments.each_ref().map(String::as_str)),
            literal(word, words),
        )
    }
}
