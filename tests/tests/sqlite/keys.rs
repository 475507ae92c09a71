//! The walk over every type of key that SQLite can hold. The storage class of each value counts,
//! whatever the column's declared type says.

use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use sqlx::types::Text;
use sqlx_chunked_tests::values::{BYTES, CASELESS_TEXTS, TEXTS, hex, integers, quoted, uuids};
use uuid::{
    Uuid,
    fmt::{Hyphenated, Simple},
};

use super::any::Any;
use crate::harness::{Column, EntryId, Level, Real, Single, Stage, Word};

walks! {
    // Numbers
    rowid: i64 = Column::new("INTEGER PRIMARY KEY", integers::<i64>());
    not_rowid: i64 = Column::new("INTEGER NOT NULL UNIQUE", integers::<i64>());
    // By a quirk that SQLite keeps, `DESC` makes it a separate column.
    descending_primary_key: i64 =
        Column::new("INTEGER PRIMARY KEY DESC NOT NULL", integers::<i64>());
    without_rowid: i64 =
        Column::new("BIGINT PRIMARY KEY", integers::<i64>()).in_table("WITHOUT ROWID");
    small: i8 = Column::new("INTEGER PRIMARY KEY", integers::<i8>());
    unsigned: u32 = Column::new("INTEGER NOT NULL UNIQUE", integers::<u32>());
    boolean: bool = Column::new("BOOLEAN NOT NULL UNIQUE", [1, 0]);
    newtype: EntryId = Column::new("INTEGER PRIMARY KEY", integers::<i64>());
    enum_as_number: Level = Column::new("INTEGER NOT NULL UNIQUE", [30, -5, 0, 10, 20]);
    real: Real = Column::new("REAL NOT NULL UNIQUE", REALS);
    single: Single = Column::new("REAL NOT NULL UNIQUE", ["0.5", "-0.25", "16777216", "0", "1.5"]);
    // Every integer becomes a float here.
    integers_as_real: Real =
        Column::new("REAL NOT NULL UNIQUE", ["3", "-1", "0", "2147483648", "9007199254740993"]);

    // Text
    text: String = Column::new("TEXT NOT NULL UNIQUE", texts());
    boxed_text: Box<str> =
        Column::new("TEXT PRIMARY KEY NOT NULL", texts()).in_table("WITHOUT ROWID");
    text_newtype: Word = Column::new("TEXT NOT NULL UNIQUE", texts());
    text_without_case: String =
        Column::new("TEXT COLLATE NOCASE NOT NULL UNIQUE", CASELESS_TEXTS.map(quoted));
    text_without_trailing_spaces: String = Column::new(
        "TEXT COLLATE RTRIM NOT NULL UNIQUE",
        ["b ", "a", "", " a  ", "ab", "a b   ", "c"].map(quoted),
    );
    // Text that does not look like a number stays text in a column that prefers numbers.
    text_in_numeric: String = Column::new("NUMERIC NOT NULL UNIQUE", texts_but_numbers());
    enum_as_text: Stage = Column::new(
        "TEXT NOT NULL UNIQUE",
        ["in_review", "accepted", "draft", "withdrawn", "published"].map(quoted),
    );
    parsed_text: Text<IpAddr> = Column::new(
        "TEXT NOT NULL UNIQUE",
        ["::1", "127.0.0.1", "10.0.0.1", "9.0.0.1", "fe80::1", "::"].map(quoted),
    );

    // UUIDs
    uuid_as_text: Hyphenated = Column::new(
        "TEXT NOT NULL UNIQUE",
        uuids().map(|uuid| quoted(&uuid.hyphenated().to_string())),
    );
    uuid_without_hyphens: Simple = Column::new(
        "TEXT NOT NULL UNIQUE",
        uuids().map(|uuid| quoted(&uuid.simple().to_string())),
    );
    // Read, but never written in this form.
    uuid_in_capitals: Hyphenated = Column::new(
        "TEXT NOT NULL UNIQUE",
        uuids().map(|uuid| quoted(&format!("{{{uuid:X}}}"))),
    ).without_ranges();
    uuid_as_blob: Uuid = Column::new(
        "BLOB PRIMARY KEY NOT NULL",
        uuids().map(|uuid| blob(uuid.as_bytes())),
    );

    // Dates and times
    date: NaiveDate = Column::new(
        "TEXT NOT NULL UNIQUE",
        ["2024-02-29", "0001-01-01", "1969-12-31", "1970-01-01", "9999-12-31"].map(quoted),
    );
    time: NaiveTime = Column::new(
        "TEXT NOT NULL UNIQUE",
        ["12:00", "12:00:00", "12:00:00.000", "00:00:00", "23:59:59.999999999"].map(quoted),
    ).without_ranges();
    timestamp_as_text: DateTime<Utc> =
        Column::new("TEXT NOT NULL UNIQUE", SPELLINGS.map(quoted)).without_ranges();
    timestamp_as_number: DateTime<Utc> =
        Column::new("INTEGER NOT NULL UNIQUE", SECONDS).without_ranges();
    timestamp_as_julian_day: DateTime<Utc> =
        Column::new("REAL NOT NULL UNIQUE", JULIAN_DAYS).without_ranges();
    timestamp_in_all_forms: DateTime<Utc> =
        Column::new("TIMESTAMP NOT NULL UNIQUE", timestamps()).without_ranges();
    timestamp_without_zone: NaiveDateTime =
        Column::new("TIMESTAMP NOT NULL UNIQUE", timestamps()).without_ranges();

    // Bytes, and everything else
    bytes: Vec<u8> = Column::new("BLOB NOT NULL UNIQUE", BYTES.map(blob));
    all_classes: Any = Column::new("NOT NULL UNIQUE", all_classes());
    all_classes_in_integer: Any = Column::new("INTEGER NOT NULL UNIQUE", all_classes());
    all_classes_in_real: Any = Column::new(
        "REAL NOT NULL UNIQUE",
        ["'x'", "1", "0.5", "x'00'", "x''", "''", "'1a'", "-3"],
    );
    all_classes_in_text: Any = Column::new(
        "TEXT NOT NULL UNIQUE",
        ["'1'", "2", "10", "0.5", "1e300", "x'31'", "x''", "''"],
    );
    all_classes_in_strict: Any =
        Column::new("ANY NOT NULL UNIQUE", all_classes()).in_table("STRICT");
}

/// Floats: the limits, infinities, the smallest, some that differ in the last bit, and whole
/// numbers.
const REALS: [&str; 16] = [
    "0.5",
    "0.0",
    "-0.5",
    "9e999",
    "-9e999",
    "1.7976931348623157e308",
    "-1.7976931348623157e308",
    "5e-324",
    "-5e-324",
    "0.1",
    "0.1 + 0.2",
    "0.3",
    "9007199254740992.0",
    "9007199254740994.0",
    "1.0",
    "1e100",
];

/// Timestamps in every spelling that sqlx reads, most of them of the same moment.
const SPELLINGS: [&str; 18] = [
    "2024-01-01 00:00:00",
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00+00:00",
    "2024-01-01 00:00:00+00:00",
    "2024-01-01 00:00",
    "2024-01-01T00:00",
    "2024-01-01 00:00:00.0",
    "2024-01-01 00:00:00.000",
    "2024-01-01T00:00:00.000000Z",
    "2024-01-01 01:00:00+01:00",
    "2023-12-31T19:00:00-05:00",
    "2024-01-01 00:00:00Z",
    "2024-01-01T00:00Z",
    "2023-12-31 23:59:59.999999999",
    "2024-01-01 00:00:00.000000001",
    "2024-01-01 00:00:01",
    "0001-01-01 00:00:00",
    "9999-12-31T23:59:59Z",
];

/// Timestamps as seconds since 1970.
const SECONDS: [&str; 9] =
    ["1704067200", "0", "-1", "1", "1704067199", "253402300799", "-62135596800", "10", "9"];

/// Timestamps as Julian days, some closer together than `DateTime` can tell apart.
const JULIAN_DAYS: [&str; 10] = [
    "2460310.5",
    "2460310.5000000005",
    "2460310.500000001",
    "2440587.5",
    "2440587.4999999995",
    "julianday('2024-01-01 00:00:01')",
    "julianday('1969-12-31 23:59:59')",
    "0.25",
    "2460310.75",
    "2460311.5",
];

/// Returns timestamps in all these forms, for one column.
fn timestamps() -> impl Iterator<Item = String> {
    let numbers = SECONDS.into_iter().chain(JULIAN_DAYS).map(str::to_owned);
    SPELLINGS.into_iter().map(quoted).chain(numbers)
}

/// Returns values of all storage classes; some look the same, but none are equal.
fn all_classes() -> impl Iterator<Item = String> {
    let numbers = ["1", "1.5", "9007199254740993", "9007199254740992.0", "-9e999", "9e999", "0"];
    let texts = ["", "a", "A", "1a", "é", "it's"].map(quoted);
    let blobs = [&b""[..], b"1", b"a", b"\0", b"\xff\0"].map(blob);
    numbers.into_iter().map(str::to_owned).chain(blobs).chain(texts)
}

/// Returns `TEXTS`, and text with a zero byte, which an SQL string cannot hold.
pub(crate) fn texts() -> impl Iterator<Item = String> {
    let with_zeros = ["char(97, 0, 98)", "char(0)", "char(97, 0)"].map(str::to_owned);
    with_zeros.into_iter().chain(TEXTS.map(quoted))
}

fn texts_but_numbers() -> impl Iterator<Item = String> {
    TEXTS.into_iter().filter(|text| text.trim().parse::<f64>().is_err()).map(quoted)
}

pub(crate) fn blob(bytes: &[u8]) -> String {
    format!("x'{}'", hex(bytes))
}
