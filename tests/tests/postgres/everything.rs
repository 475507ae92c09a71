//! Columns of every collation and type that the server lists.

use sqlx_chunked_tests::values::quoted;

use crate::{
    cases::everything::{PIECES, Subject, check, texts},
    harness::TestDatabase,
};

tests! { texts_of_all_collations, all_types }

async fn texts_of_all_collations(database: &TestDatabase) {
    let mut collations: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', n.nspname, c.collname) FROM pg_collation c \
           JOIN pg_namespace n ON n.oid = c.collnamespace \
          WHERE c.collencoding IN (-1, 6) AND n.nspname = 'pg_catalog'",
    )
    .fetch_all(database.pool())
    .await
    .unwrap();
    assert!(!collations.is_empty());
    // Also some of a special kind, if the server has ICU.
    for locale in
        ["und-u-ks-level1", "und-u-ks-level2", "und-u-ka-shifted", "en-u-kn", "de-u-co-phonebk"]
    {
        for deterministic in [true, false] {
            let name = format!("\"{locale} {deterministic}\"");
            let create = format!(
                "CREATE COLLATION {name} (provider = icu, locale = '{locale}', deterministic = {deterministic})"
            );
            if sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(database.pool()).await.is_ok() {
                collations.push(name);
            }
        }
    }
    check(database, 120, |dice| {
        let types = ["TEXT", "VARCHAR(900)", "CHAR(60)", "NAME", "TEXT[]"];
        let definition = *dice.pick(&types);
        let collation = dice.pick(&collations).clone();
        let values = texts(dice, PIECES).into_iter().map(|text| match definition {
            "TEXT[]" => format!("ARRAY[{}]", quoted(&text)),
            _ => quoted(&text),
        });
        let values = values.collect();
        let definition = match definition {
            "NAME" => definition.to_owned(),
            _ => format!("{definition} COLLATE {collation}"),
        };
        Subject { definition, values }
    })
    .await;
}

/// Every type that has an order, with any literals that it accepts.
async fn all_types(database: &TestDatabase) {
    database
        .execute(
            "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); CREATE TYPE pair AS (a INT, b TEXT); \
             CREATE DOMAIN code AS TEXT COLLATE \"C\"; CREATE DOMAIN small AS INT CHECK (VALUE < 99)",
        )
        .await;
    let types: Vec<String> = sqlx::query_scalar(
        "SELECT format_type(t.oid, NULL) FROM pg_type t \
          WHERE t.typnamespace = current_schema()::regnamespace \
             OR t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype IN ('b', 'r', 'm') \
            AND NOT EXISTS (SELECT FROM pg_type e WHERE e.oid = t.typelem AND e.typtype IN ('c', 'm'))",
    )
    .fetch_all(database.pool())
    .await
    .unwrap();
    assert!(types.len() > 100, "{}", types.len());
    check(database, 150, |dice| {
        let definition = dice.pick(&types).clone();
        let values = LITERALS
            .iter()
            .map(|literal| quoted(literal))
            .chain((0..9).map(|n| format!("{n}")))
            .collect();
        Subject { definition, values }
    })
    .await;
}

const LITERALS: &[&str] = &[
    "0",
    "1",
    "-1",
    "10",
    "9",
    "1.5",
    "-1.50",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e-300",
    "32767",
    "a",
    "A",
    "",
    " ",
    "ab",
    "a ",
    "t",
    "f",
    "2024-01-01",
    "1999-12-31",
    "2024-02-29 12:00:00.000001",
    "infinity",
    "-infinity",
    "0001-01-01 BC",
    "12:00",
    "23:59:59.999999",
    "12:00+02",
    "14:00+04",
    "1 month",
    "30 days",
    "29 days",
    "-1 day",
    "1 mon -30 days",
    "{}",
    "{1}",
    "{1,2}",
    "{NULL}",
    "{NULL,1}",
    "{a,b}",
    "{\"a b\"}",
    "[1,5)",
    "(,)",
    "empty",
    "(,5)",
    "[1,)",
    "{[1,2)}",
    "{}",
    "{[1,2),[5,6)}",
    "(1,a)",
    "(1,)",
    "(,a)",
    "(,)",
    "sad",
    "ok",
    "happy",
    "10.0.0.1",
    "10.0.0.0/8",
    "::1",
    "fe80::/10",
    "08:00:2b:01:02:03",
    "08:00:2b:01:02:03:04:05",
    "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    "00000000-0000-0000-0000-000000000000",
    "101",
    "0101",
    "\\x",
    "\\x00",
    "\\xff",
    "{\"a\": 1}",
    "[1, 2]",
    "null",
    "\"x\"",
    "1.0",
    "$1.50",
    "-$2",
    "0/0",
    "16/B374D848",
    "(0,1)",
    "(1,0)",
    "a b",
    "'a' & 'b'",
    "[2024-01-01,2024-02-01)",
];
