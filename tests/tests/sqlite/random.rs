//! The walk over random values of every storage class, in columns of every affinity.

use proptest::{collection::vec, prelude::*};
use tokio::sync::Mutex;

use super::{any::Any, keys::blob};
use crate::{
    cases::random,
    harness::{Column, Table, TestDatabase, Walk},
};

tests! {
    without_affinity,
    integer_affinity,
    real_affinity,
    numeric_affinity,
    text_affinity,
    without_case,
}

async fn without_affinity(database: &TestDatabase) {
    walks(database, "NOT NULL UNIQUE").await;
}

async fn integer_affinity(database: &TestDatabase) {
    walks(database, "INTEGER NOT NULL UNIQUE").await;
}

async fn real_affinity(database: &TestDatabase) {
    walks(database, "REAL NOT NULL UNIQUE").await;
}

async fn numeric_affinity(database: &TestDatabase) {
    walks(database, "DECIMAL(10, 5) NOT NULL UNIQUE").await;
}

async fn text_affinity(database: &TestDatabase) {
    walks(database, "VARCHAR(10) NOT NULL UNIQUE").await;
}

async fn without_case(database: &TestDatabase) {
    walks(database, "COLLATE NOCASE NOT NULL UNIQUE").await;
}

async fn walks(database: &TestDatabase, definition: &'static str) {
    let column = Column::new(definition, [""; 0]);
    let table = Mutex::new(Table::<Any>::create(database, &column).await);
    let cases = vec(literal(), 0..40).prop_flat_map(|literals| {
        // At most as many rows: those of equal values are left out.
        let walk = random::walk(literals.len(), true);
        (Just(literals), walk, random::pieces())
    });
    random::check(&cases, async |(literals, walk, pieces)| {
        let mut table = table.lock().await;
        database.execute("DELETE FROM walk").await;
        for (n, literal) in literals.iter().enumerate() {
            database.execute(format!("INSERT OR IGNORE INTO walk VALUES ({literal}, {n})")).await;
        }
        table.read().await;
        let rows = table.rows.len();
        let there = |place: &usize| *place < rows;
        let walk = Walk {
            range: walk.range.filter(|_| rows > 0).map(|(start, end)| {
                (start.map(|place| place % rows), end.map(|place| place % rows))
            }),
            after: walk.after.filter(there),
            ..walk
        };
        walk.check(&mut table).await;
        random::in_pieces(&walk, &table, pieces).await;
    });
}

/// A value of any class, as SQL.
fn literal() -> impl Strategy<Value = String> {
    let integer = prop_oneof![
        -4..5_i64,
        any::<i64>(),
        // Around the point from which not every integer is a float.
        (1_i64 << 53) - 3..(1 << 53) + 4,
    ];
    let real = prop_oneof![
        any::<f64>(),
        (-8..8_i8).prop_map(|halves| f64::from(halves) / 2.0),
        (0..4_u32).prop_map(|n| 9_007_199_254_740_990.0 + f64::from(n)),
    ];
    // Also text that looks like a number.
    let text = prop_oneof!["[-+.0-9e ]{0,4}", "[aAbB ]{0,3}", any::<String>()];
    prop_oneof![
        integer.prop_map(|n| format!("CAST('{n}' AS INTEGER)")),
        real.prop_map(|x| match x {
            f64::INFINITY => "9e999".to_owned(),
            f64::NEG_INFINITY => "-9e999".to_owned(),
            x => format!("{x:?}"),
        }),
        text.prop_map(|text| format!("CAST({} AS TEXT)", blob(text.as_bytes()))),
        vec(any::<u8>(), 0..3).prop_map(|bytes| blob(&bytes)),
    ]
}
