//! Columns of every declared type and collation, with values of every storage class.

use sqlx_chunked_tests::values::{hex, quoted};

use crate::{
    cases::everything::{PIECES, Subject, check, texts},
    harness::TestDatabase,
};

tests! { all_types_and_collations }

async fn all_types_and_collations(database: &TestDatabase) {
    const TYPES: [&str; 9] =
        ["", "INTEGER", "TEXT", "REAL", "NUMERIC", "BLOB", "VARCHAR(5)", "DATETIME", "BOOLEAN"];
    const NUMBERS: &[&str] = &[
        "0",
        "1",
        "-1",
        "1.0",
        "1.5",
        "-1.5",
        "9007199254740993",
        "9007199254740992.0",
        "9e999",
        "-9e999",
        "9223372036854775807",
        "9223372036854775807.0",
        "-9223372036854775808",
        "1e-300",
        "'10'",
        "'9'",
        "'1e3'",
        "' 7'",
        "'0x10'",
        "'-0'",
        "'1.0'",
    ];
    check(database, 120, |dice| {
        let collation = *dice.pick(&["", "COLLATE BINARY", "COLLATE NOCASE", "COLLATE RTRIM"]);
        let definition = format!("{} {collation}", dice.pick(&TYPES));
        let mut values: Vec<_> = texts(dice, PIECES).iter().map(|text| quoted(text)).collect();
        values.extend((0..dice.below(20)).map(|_| (*dice.pick(NUMBERS)).to_owned()));
        values.extend((0..dice.below(9)).map(|_| {
            let bytes: Vec<_> =
                (0..dice.below(4)).map(|_| dice.below(256).to_le_bytes()[0]).collect();
            format!("x'{}'", hex(&bytes))
        }));
        Subject { definition, values }
    })
    .await;
}
