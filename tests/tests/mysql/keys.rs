//! The walk over every kind of type that MariaDB can hold in a unique column and sqlx can read.
//! MySQL has all of them but the last two.

use std::net::Ipv6Addr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use sqlx::{
    mysql::types::MySqlTime,
    types::{Decimal, Uuid},
};
use sqlx_chunked_tests::values::{
    BYTES, CASELESS_TEXTS, DECIMALS, TEXTS, hex, integers, quoted, uuids,
};
use uuid::fmt::Hyphenated;

use crate::harness::{Column, EntryId, Level, Real, Single, Word};

walks! {
    // Numbers
    tinyint: i8 = Column::new("TINYINT PRIMARY KEY", integers::<i8>());
    smallint: i16 = Column::new("SMALLINT PRIMARY KEY", integers::<i16>());
    mediumint: i32 = Column::new("MEDIUMINT PRIMARY KEY", medium_integers(-8_388_608, 8_388_607));
    int: i32 = Column::new("INT PRIMARY KEY", integers::<i32>());
    bigint: i64 = Column::new("BIGINT NOT NULL UNIQUE", integers::<i64>());
    unsigned_tinyint: u8 = Column::new("TINYINT UNSIGNED PRIMARY KEY", integers::<u8>());
    unsigned_digit: u8 = Column::new("TINYINT(1) UNSIGNED PRIMARY KEY", integers::<u8>());
    unsigned_smallint: u16 = Column::new("SMALLINT UNSIGNED PRIMARY KEY", integers::<u16>());
    unsigned_mediumint: u32 =
        Column::new("MEDIUMINT UNSIGNED PRIMARY KEY", medium_integers(0, 16_777_215));
    unsigned_int: u32 = Column::new("INT UNSIGNED PRIMARY KEY", integers::<u32>());
    unsigned_bigint: u64 =
        Column::new("BIGINT UNSIGNED PRIMARY KEY", integers::<u64>().chain(above_signed()));
    filled_up_with_zeros: u32 = Column::new("INT(10) ZEROFILL PRIMARY KEY", integers::<u32>());
    boolean: bool = Column::new("BOOLEAN NOT NULL UNIQUE", ["TRUE", "FALSE"]);
    bit: u64 = Column::new("BIT(64) NOT NULL UNIQUE", integers::<u64>().chain(above_signed()));
    short_bit: u8 = Column::new("BIT(3) NOT NULL UNIQUE", 0..8);
    newtype: EntryId = Column::new("BIGINT PRIMARY KEY", integers::<i64>());
    enum_as_number: Level = Column::new("BIGINT NOT NULL UNIQUE", [30, -5, 0, 10, 20]);
    decimal: Decimal = Column::new("DECIMAL(28, 10) NOT NULL UNIQUE", DECIMALS);
    double: Real = Column::new(
        "DOUBLE NOT NULL UNIQUE",
        ["0.5", "0", "-0.5", "1.7976931348623157e308", "5e-324", "0.1", "0.3", "0.1e0 + 0.2e0"],
    );
    float: Single =
        Column::new("FLOAT NOT NULL UNIQUE", ["0.1", "0.3", "-0.1", "0", "1e30", "16777216"]);

    // Text
    text_by_code_point: String =
        Column::new("VARCHAR(50) COLLATE utf8mb4_bin NOT NULL UNIQUE", texts());
    // Texts that differ only in case or in accents are equal.
    text_without_case: String = Column::new(
        "VARCHAR(50) COLLATE utf8mb4_general_ci NOT NULL UNIQUE",
        CASELESS_TEXTS.map(quoted),
    );
    text_by_language: String = Column::new(
        "VARCHAR(50) COLLATE utf8mb4_swedish_ci NOT NULL UNIQUE",
        CASELESS_TEXTS.into_iter().chain(["ö", "å", "ä"]).map(quoted),
    );
    text_in_latin_1: String = Column::new(
        "VARCHAR(50) CHARACTER SET latin1 COLLATE latin1_german1_ci NOT NULL UNIQUE",
        CASELESS_TEXTS.into_iter().chain(["€", "÷", "¿"]).map(quoted),
    );
    text_in_utf_16: String = Column::new(
        "VARCHAR(50) CHARACTER SET utf16 COLLATE utf16_bin NOT NULL UNIQUE",
        texts(),
    );
    text_newtype: Word = Column::new("VARCHAR(50) COLLATE utf8mb4_bin NOT NULL UNIQUE", texts());
    long_text: String = Column::new("LONGTEXT COLLATE utf8mb4_bin NOT NULL", texts());
    // Padded with spaces, which do not count.
    fixed_width: String =
        Column::new("CHAR(50) COLLATE utf8mb4_bin NOT NULL UNIQUE", texts());

    // Bytes
    varbinary: Vec<u8> = Column::new("VARBINARY(50) NOT NULL UNIQUE", BYTES.map(binary));
    blob: Vec<u8> = Column::new("BLOB NOT NULL", BYTES.map(binary));
    // Padded with zeros, which do count.
    fixed_binary: Vec<u8> = Column::new(
        "BINARY(2) NOT NULL UNIQUE",
        [&b""[..], b"a", b"ab", b"\0a", b"\0\x01", b"\xff", b"\xff\xff", b"  "].map(binary),
    );
    uuid_as_binary: Uuid = Column::new(
        "BINARY(16) PRIMARY KEY",
        uuids().map(|uuid| binary(uuid.as_bytes())),
    );
    uuid_as_text: Hyphenated = Column::new(
        "CHAR(36) PRIMARY KEY",
        uuids().map(|uuid| quoted(&uuid.hyphenated().to_string())),
    );

    // Dates and times
    year: u16 = Column::new("YEAR NOT NULL UNIQUE", ["2024", "1901", "2155", "1970", "0"]);
    date: NaiveDate = Column::new(
        "DATE NOT NULL UNIQUE",
        ["2024-02-29", "1000-01-01", "1969-12-31", "1970-01-01", "9999-12-31"].map(quoted),
    );
    time_of_day: NaiveTime = Column::new(
        "TIME NOT NULL UNIQUE",
        ["12:00:00", "00:00:00", "23:59:59", "00:00:01"].map(quoted),
    );
    time: MySqlTime = Column::new(
        "TIME(6) NOT NULL UNIQUE",
        ["12:00:00.000001", "-838:59:59", "838:59:59", "0", "-0:00:00.000001", "12:00"].map(quoted),
    );
    datetime: NaiveDateTime = Column::new("DATETIME(6) NOT NULL UNIQUE", MOMENTS.map(quoted));
    datetime_of_seconds: DateTime<Utc> = Column::new(
        "DATETIME NOT NULL UNIQUE",
        ["2024-01-01", "2024-01-01 00:00:01", "1000-01-01", "9999-12-31"].map(quoted),
    );
    timestamp: DateTime<Utc> = Column::new("TIMESTAMP(6) NOT NULL UNIQUE", MOMENTS.map(quoted));

    // MariaDB's own
    uuid_type: Hyphenated = Column::new(
        "UUID PRIMARY KEY",
        // Ordered by time and node first, for those that have them.
        [
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-4fff-bfff-ffffffffffff",
            "00000001-0000-1000-8000-000000000002",
            "00000002-0000-1000-8000-000000000001",
            "00000000-0001-1000-8000-000000000001",
            "00000003-0000-4000-8000-000000000000",
            "01890a5d-ac96-774b-bcce-b302099a8057",
        ]
        .map(quoted),
    );
    inet6: Ipv6Addr = Column::new(
        "INET6 NOT NULL UNIQUE",
        ["::1", "::", "fe80::1", "10::1", "9::1", "::ffff:10.0.0.1", "::ffff:9.0.0.1"].map(quoted),
    );
}

/// Returns integers of 24 bits.
fn medium_integers(min: i64, max: i64) -> impl Iterator<Item = String> {
    let fits = move |n: &i32| (min..=max).contains(&i64::from(*n));
    let integers = integers::<i32>().map(|n| n.parse().unwrap()).filter(fits);
    integers
        .map(|n| n.to_string())
        .chain([min, max].into_iter().filter(|n| *n != 0).map(|n| n.to_string()))
}

/// Returns integers that no signed type holds.
fn above_signed() -> impl Iterator<Item = String> {
    [u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) + 1].map(|n| n.to_string()).into_iter()
}

/// Moments to the microsecond, as late and as early as a TIMESTAMP can be.
const MOMENTS: [&str; 6] = [
    "2024-01-01 00:00",
    "2024-01-01 00:00:00.000001",
    "2023-12-31 23:59:59.999999",
    "1970-01-01 00:00:01",
    "2038-01-19 03:14:07",
    "2000-01-01",
];

/// Returns texts that differ not only in trailing spaces, in a form that no setting of the server
/// changes.
fn texts() -> impl Iterator<Item = String> {
    let texts = TEXTS.into_iter().chain(["a\0b", "\0"]);
    let distinct = texts.filter(|text| !text.ends_with(' '));
    distinct.map(|text| format!("_utf8mb4 {}", binary(text.as_bytes())))
}

fn binary(bytes: &[u8]) -> String {
    format!("x'{}'", hex(bytes))
}
