//! Columns of every character set, collation and type that the server lists.

use sqlx_chunked_tests::values::hex;

use crate::{
    cases::everything::{Dice, PIECES, Subject, check, texts},
    harness::TestDatabase,
};

tests! { texts_of_all_collations, all_types }

async fn texts_of_all_collations(database: &TestDatabase) {
    let collations: Vec<(String, String)> = sqlx::query_as(
        "SELECT CHARACTER_SET_NAME, COLLATION_NAME FROM information_schema.COLLATIONS \
          WHERE CHARACTER_SET_NAME IS NOT NULL \
         UNION SELECT a.CHARACTER_SET_NAME, a.FULL_COLLATION_NAME \
           FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY a",
    )
    .fetch_all(database.pool())
    .await
    .unwrap();
    assert!(collations.len() > 300, "{}", collations.len());
    check(database, 120, |dice| subject(dice, &collations)).await;
}

fn subject(dice: &mut Dice, collations: &[(String, String)]) -> Subject {
    const TYPES: [&str; 7] = [
        "VARCHAR(60)",
        "VARCHAR(190)",
        "VARCHAR(2000)",
        "CHAR(60)",
        "TEXT",
        "TINYTEXT",
        "LONGTEXT",
    ];
    let (character_set, collation) = dice.pick(collations);
    let definition =
        format!("{} CHARACTER SET {character_set} COLLATE {collation}", dice.pick(&TYPES));
    let mut values: Vec<_> = texts(dice, PIECES)
        .into_iter()
        .map(|text| format!("_utf8mb4 x'{}'", hex(text.as_bytes())))
        .collect();
    // And whatever its other codes stand for.
    for _ in 0..dice.below(20) {
        let bytes: Vec<_> = (0..=dice.below(4)).map(|_| dice.below(256).to_le_bytes()[0]).collect();
        values.push(format!("_{character_set} x'{}'", hex(&bytes)));
    }
    Subject { definition, values }
}

async fn all_types(database: &TestDatabase) {
    const TYPES: &[(&str, &[&str])] = &[
        ("TINYINT", NUMBERS),
        ("SMALLINT UNSIGNED", NUMBERS),
        ("MEDIUMINT", NUMBERS),
        ("INT ZEROFILL", NUMBERS),
        ("BIGINT", NUMBERS),
        ("BIGINT UNSIGNED", NUMBERS),
        ("DECIMAL(65, 30)", NUMBERS),
        ("DECIMAL(10, 0)", NUMBERS),
        ("FLOAT", NUMBERS),
        ("FLOAT(10, 2)", NUMBERS),
        ("DOUBLE", NUMBERS),
        ("BIT(1)", NUMBERS),
        ("BIT(64)", NUMBERS),
        ("YEAR", &["0", "1901", "2155", "2024", "1970"]),
        ("DATE", MOMENTS),
        ("DATETIME", MOMENTS),
        ("DATETIME(6)", MOMENTS),
        ("TIMESTAMP(3)", MOMENTS),
        ("TIME", TIMES),
        ("TIME(6)", TIMES),
        ("BINARY(3)", BYTES),
        ("VARBINARY(1500)", BYTES),
        ("TINYBLOB", BYTES),
        ("BLOB", BYTES),
        ("LONGBLOB", BYTES),
        ("ENUM('b', 'a', 'c')", &["'a'", "'b'", "'c'"]),
        ("SET('b', 'a', 'c')", &["'a'", "'b'", "'c'", "'a,c'", "''"]),
        ("JSON", &["'1'", "'10'", "'2'", "'\"a\"'", "'[]'", "'{}'", "'null'"]),
        ("UUID", &["UUID()", "UUID()", "'00000000-0000-0000-0000-000000000001'"]),
        ("INET6", &["'::1'", "'::'", "'fe80::1'", "'10.0.0.1'"]),
        ("INET4", &["'10.0.0.1'", "'9.0.0.1'", "'255.255.255.255'"]),
        ("POINT", &["POINT(1, 2)", "POINT(-1, 2)", "POINT(1, 0)"]),
    ];
    check(database, 60, |dice| {
        let (definition, values) = dice.pick(TYPES);
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        Subject { definition: (*definition).to_owned(), values }
    })
    .await;
}

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "10",
    "9",
    "127",
    "-128",
    "255",
    "32767",
    "65535",
    "8388607",
    "2147483647",
    "4294967295",
    "9223372036854775807",
    "18446744073709551615",
    "-9223372036854775808",
    "0.1",
    "0.3",
    "-0.1",
    "123456.6",
    "123456.7",
    "123456.8",
    "1e30",
    "1e-30",
    "0.1e0 + 0.2e0",
    "0.00000000001",
];
const MOMENTS: &[&str] = &[
    "'2024-02-29'",
    "'1000-01-01'",
    "'9999-12-31 23:59:59.999999'",
    "'1970-01-01 00:00:01'",
    "'2038-01-19 03:14:07'",
    "'2024-01-01 00:00:00.000001'",
    "'2024-01-01 00:00:00.1'",
    "'2024-01-01'",
];
const TIMES: &[&str] = &[
    "'12:00:00'",
    "'-838:59:59'",
    "'838:59:59'",
    "'0'",
    "'-0:00:00.000001'",
    "'-00:00:01'",
    "'12:00:00.5'",
];
const BYTES: &[&str] = &[
    "''",
    "x'00'",
    "x'0000'",
    "x'61'",
    "x'6100'",
    "x'ff'",
    "x'ffff'",
    "x'20'",
    "x'6120'",
    "'ab'",
    "'abc'",
    "REPEAT('a', 200)",
    "REPEAT('a', 201)",
    "CONCAT(REPEAT('a', 1200), '1')",
    "CONCAT(REPEAT('a', 1200), '2')",
];
