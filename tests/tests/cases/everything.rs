//! Walks over columns of any type and collation that the database lists, with ordinary, long and
//! nasty values: every row comes once, in the order that the database compares by, or the key is
//! refused.
//!
//! `WALKS` sets how many columns are drawn, and `WALK_SEED` which ones; a failure names both.

use std::env;

use futures_util::{TryStream, TryStreamExt as _};
use sqlx::{AssertSqlSafe, Database, Decode, Type, error::BoxDynError};
use sqlx_chunked::{Chunked, Error};

use crate::{Db, dialect::BIGINT, harness::TestDatabase};

/// A value of any type, which is never looked at.
#[derive(Clone, Debug)]
pub(crate) struct Opaque;

impl<DB: Database> Type<DB> for Opaque
where
    str: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <str as Type<DB>>::type_info()
    }

    fn compatible(_: &DB::TypeInfo) -> bool {
        true
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Opaque {
    fn decode(_: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self)
    }
}

#[derive(Chunked)]
#[chunked(table = "walk")]
#[expect(dead_code, reason = "only ordered by")]
struct ByKey {
    #[chunk_key]
    #[chunked(unique)]
    k: Opaque,
    id: i64,
}

#[derive(Chunked)]
#[chunked(table = "walk")]
#[expect(dead_code, reason = "only ordered by")]
struct WithTies {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    k: Option<Opaque>,
}

/// A column, and values for it.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) definition: String,
    /// In SQL. Values that the column does not accept are left out.
    pub(crate) values: Vec<String>,
}

/// Numbers that look random, and are the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end.max(1)
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// The number of columns that were walked over, and the ones that were refused.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    walks: usize,
    columns: usize,
    refused: Vec<String>,
}

/// Walks over the requested number of columns.
pub(crate) async fn check(
    database: &TestDatabase,
    columns: usize,
    mut subject: impl FnMut(&mut Dice) -> Subject,
) -> Outcome {
    let number = |name: &str| env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let seed = number("WALK_SEED").unwrap_or(1);
    let columns = number("WALKS").map_or(columns, |walks| usize::try_from(walks).unwrap());
    let mut outcome = Outcome::default();
    for number in 0..columns {
        let mut dice = Dice(seed.wrapping_add(number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let subject = subject(&mut dice);
        let context = format!("WALK_SEED={} WALKS=1, {subject:?}", seed + number as u64);
        walk(database, &subject, &mut dice, &mut outcome, &context).await;
        outcome.columns += 1;
    }
    println!("{outcome:#?}");
    assert!(outcome.walks > outcome.columns, "{outcome:#?}");
    outcome
}

async fn walk(
    database: &TestDatabase,
    subject: &Subject,
    dice: &mut Dice,
    outcome: &mut Outcome,
    context: &str,
) {
    let Subject { definition, values } = subject;
    let unique = dice.below(2) == 0;
    let constraint = if unique { "NOT NULL UNIQUE" } else { "" };
    database.execute("DROP TABLE IF EXISTS walk").await;
    let create = format!(
        "CREATE TABLE walk (id {BIGINT} NOT NULL PRIMARY KEY, k {definition} {constraint})"
    );
    if sqlx::raw_sql(AssertSqlSafe(create.clone())).execute(database.pool()).await.is_err() {
        outcome.refused.push(format!("{create}: no such column"));
        return;
    }
    for (id, value) in values.iter().enumerate() {
        let row = format!("INSERT INTO walk VALUES ({id}, {value})");
        let _refused = sqlx::raw_sql(AssertSqlSafe(row)).execute(database.pool()).await;
    }
    if !unique {
        for id in values.len()..values.len() + dice.below(5) {
            database.execute(format!("INSERT INTO walk VALUES ({id}, NULL)")).await;
        }
        if dice.below(2) == 0 {
            // A text that is too long has no index.
            let index = "CREATE INDEX by_k ON walk (k, id)";
            let _refused = sqlx::raw_sql(index).execute(database.pool()).await;
        }
    }
    // By comparison alone: nothing is sorted but numbers.
    let rank = "SELECT a.id, (SELECT COUNT(*) FROM walk b WHERE b.k < a.k), \
                CASE WHEN a.k IS NULL THEN 1 ELSE 0 END FROM walk a";
    let Ok(ranks) = sqlx::query_as::<Db, (i64, i64, i32)>(rank).fetch_all(database.pool()).await
    else {
        outcome.refused.push(format!("{definition}: not compared"));
        return;
    };
    for reverse in [false, true] {
        for _ in 0..4 {
            let size = 1 + dice.below(ranks.len() + 2);
            let size = if dice.below(3) == 0 { 1 + dice.below(3) } else { size };
            let read = if unique {
                let rows = ByKey::iter(database.pool()).batch_size(size);
                ids(if reverse { rows.reverse() } else { rows }.map_ok(|row| row.id)).await
            } else {
                let rows = WithTies::iter(database.pool())
                    .order_by(|w| w.k.asc().then(w.id.asc()))
                    .batch_size(size);
                ids(if reverse { rows.reverse() } else { rows }.map_ok(|row| row.id)).await
            };
            let mut read = match read {
                Ok(read) => read,
                // A refusal by the server or the driver is no silent loss, either.
                Err(
                    error @ (Error::KeyType { .. }
                    | Error::Order { .. }
                    | Error::Decode { .. }
                    | Error::Query { .. }),
                ) => {
                    outcome.refused.push(format!("{definition}: {error:.300}"));
                    return;
                }
                Err(error) => panic!("{error}, batches of {size}, {context}"),
            };
            if reverse {
                read.reverse();
            }
            let rank = |id: &i64| {
                let &(_, rank, null) = ranks.iter().find(|(other, ..)| other == id).unwrap();
                (null, if null == 1 { 0 } else { rank }, if unique { 0 } else { *id })
            };
            let mut all: Vec<_> = ranks.iter().map(|(id, ..)| *id).collect();
            let mut sorted = read.clone();
            all.sort_unstable();
            sorted.sort_unstable();
            assert_eq!(sorted, all, "once each, batches of {size}, {context}");
            let values = read.iter().filter(|id| rank(id).0 == 0).map(rank);
            assert!(values.is_sorted(), "in order, batches of {size}, {context}");
            outcome.walks += 1;
        }
    }
}

/// Collects the ids. Far more of them than rows mean a walk without an end.
async fn ids(rows: impl TryStream<Ok = i64, Error = Error> + Unpin) -> Result<Vec<i64>, Error> {
    rows.try_fold(Vec::new(), async |mut ids, id| {
        ids.push(id);
        assert!(ids.len() < 10_000, "a walk without an end");
        Ok(ids)
    })
    .await
}

/// Returns texts, unchanged or after a beginning that they share.
pub(crate) fn texts(dice: &mut Dice, from: &[&str]) -> Vec<String> {
    let beginning = match dice.below(4) {
        0 => "a".repeat(*dice.pick(&[30, 70, 300, 1_100])),
        1 => "é".repeat(*dice.pick(&[10, 40, 600])),
        _ => String::new(),
    };
    (0..12 + dice.below(30))
        .map(|_| {
            let parts = (0..=dice.below(3)).map(|_| *dice.pick(from)).collect::<String>();
            format!("{beginning}{parts}")
        })
        .collect()
}

/// The parts of texts: letters of each kind, and characters that sort in a special way.
pub(crate) const PIECES: &[&str] = &[
    "a",
    "A",
    "b",
    "B",
    "z",
    "Z",
    "0",
    "9",
    "10",
    "",
    " ",
    "  ",
    "-",
    "_",
    "'",
    "\"",
    "\\",
    "~",
    "\t",
    "\u{1}",
    "\u{1f}",
    "\u{7f}",
    "é",
    "e\u{301}",
    "É",
    "ß",
    "ss",
    "ch",
    "ll",
    "dz",
    "aa",
    "ij",
    "æ",
    "ö",
    "ø",
    "å",
    "İ",
    "ı",
    "ŉ",
    "ﬁ",
    "漢",
    "字",
    "か",
    "ガ",
    "ｶﾞ",
    "한",
    "ก",
    "เก",
    "א",
    "ع",
    "😀",
    "😁",
    "\u{fffd}",
    "\u{10ffff}",
    "\u{ad}",
    "\u{200d}",
    "\u{fdfa}",
    "\u{321d}",
    "\u{3000}",
    "½",
    "²",
    "Ⅳ",
];
