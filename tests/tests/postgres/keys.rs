//! The walk over every kind of type that PostgreSQL can hold in a unique column and sqlx can read.

use std::net::IpAddr;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use sqlx::{
    Type,
    postgres::types::{Oid, PgInterval, PgLTree, PgMoney, PgRange, PgTimeTz},
    types::{BitVec, Decimal, JsonValue, Text, Uuid, ipnetwork::IpNetwork},
};
use sqlx_chunked_tests::values::{
    BYTES, CASELESS_TEXTS, DECIMALS, TEXTS, hex, integers, quoted, uuids,
};

use crate::harness::{Column, EntryId, Level, Real, Single, Stage, Word};

walks! {
    // Numbers
    smallint: i16 = Column::new("SMALLINT PRIMARY KEY", integers::<i16>());
    integer: i32 = Column::new("INTEGER PRIMARY KEY", integers::<i32>());
    bigint: i64 = Column::new("BIGINT NOT NULL UNIQUE", integers::<i64>());
    serial: i64 = Column::new("BIGSERIAL PRIMARY KEY", integers::<i64>());
    oid: Oid = Column::new("OID NOT NULL UNIQUE", integers::<u32>());
    boolean: bool = Column::new("BOOLEAN NOT NULL UNIQUE", ["true", "false"]);
    newtype: EntryId = Column::new("BIGINT PRIMARY KEY", integers::<i64>());
    enum_as_number: Level = Column::new("BIGINT NOT NULL UNIQUE", [30, -5, 0, 10, 20]);
    domain: EntryId = Column::new("entry_id PRIMARY KEY", integers::<i64>())
        .after("CREATE DOMAIN entry_id AS BIGINT CHECK (VALUE <> 42)");
    numeric: Decimal = Column::new(
        "NUMERIC NOT NULL UNIQUE",
        DECIMALS.into_iter().chain(["0.10000000000000000001", "1.5000"]),
    );
    numeric_of_a_scale: Decimal = Column::new("NUMERIC(28, 10) NOT NULL UNIQUE", DECIMALS);
    money: PgMoney = Column::new(
        "MONEY NOT NULL UNIQUE",
        ["1.00", "-1", "0", "0.01", "-0.01", "1000000"].map(quoted),
    );
    double_precision: Real = Column::new("DOUBLE PRECISION NOT NULL UNIQUE", FLOATS.map(quoted));
    real: Single = Column::new(
        "REAL NOT NULL UNIQUE",
        ["0.1", "0.3", "-0.1", "0", "1e30", "-1e-30", "Infinity"].map(quoted),
    );

    // Text
    text: String = Column::new("TEXT NOT NULL UNIQUE", TEXTS.map(quoted));
    text_by_bytes: String = Column::new(r#"TEXT COLLATE "C" NOT NULL UNIQUE"#, TEXTS.map(quoted));
    text_by_language: String =
        Column::new(r#"TEXT COLLATE "und-x-icu" NOT NULL UNIQUE"#, TEXTS.map(quoted));
    // Texts that differ only in case are equal.
    text_without_case: String =
        Column::new("TEXT COLLATE caseless NOT NULL UNIQUE", CASELESS_TEXTS.map(quoted)).after(
            "CREATE COLLATION caseless \
             (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        );
    citext: String = Column::new("CITEXT NOT NULL UNIQUE", CASELESS_TEXTS.map(quoted))
        .after(CITEXT);
    text_newtype: Word = Column::new("TEXT NOT NULL UNIQUE", TEXTS.map(quoted));
    text_domain: Word = Column::new("word NOT NULL UNIQUE", TEXTS.map(quoted))
        .after("CREATE DOMAIN word AS TEXT");
    varchar: String = Column::new("VARCHAR(50) NOT NULL UNIQUE", TEXTS.map(quoted));
    // Padded with spaces, which do not count.
    fixed_width: String = Column::new("CHAR(5) NOT NULL UNIQUE", texts_by_width());
    name: String = Column::new("NAME NOT NULL UNIQUE", TEXTS.map(quoted));
    single_byte: i8 = Column::new(
        r#""char" NOT NULL UNIQUE"#,
        ["a", "b", "", "A", "1", "\\200", "\\377"].map(quoted),
    );
    enum_by_declaration: Stage = Column::new(
        "stage NOT NULL UNIQUE",
        ["in_review", "accepted", "draft", "withdrawn", "published"].map(quoted),
    ).after(STAGE);
    parsed_text: Text<IpAddr> = Column::new(
        "TEXT NOT NULL UNIQUE",
        ["::1", "127.0.0.1", "10.0.0.1", "9.0.0.1", "fe80::1", "::"].map(quoted),
    );
    ltree: PgLTree = Column::new(
        "LTREE NOT NULL UNIQUE",
        ["a.b", "a", "a.b.c", "B", "b", "a.c"].map(quoted),
    ).after(LTREE);

    // Bytes and bits
    bytea: Vec<u8> = Column::new(
        "BYTEA NOT NULL UNIQUE",
        BYTES.map(|bytes| format!("'\\x{}'", hex(bytes))),
    );
    uuid: Uuid = Column::new("UUID PRIMARY KEY", uuids().map(|uuid| quoted(&uuid.to_string())));
    bit: BitVec = Column::new("BIT(3) NOT NULL UNIQUE", ["B'101'", "B'000'", "B'111'", "B'010'"]);
    varbit: BitVec = Column::new(
        "VARBIT NOT NULL UNIQUE",
        ["B'101'", "B''", "B'1'", "B'0'", "B'00'", "B'111111111'"],
    );

    // Dates and times
    date: NaiveDate = Column::new("DATE NOT NULL UNIQUE", DATES.map(quoted));
    time: NaiveTime = Column::new(
        "TIME NOT NULL UNIQUE",
        ["12:00", "12:00:00.000001", "0:00", "23:59:59.999999"].map(quoted),
    );
    time_with_zone: PgTimeTz<NaiveTime, FixedOffset> = Column::new(
        "TIMETZ NOT NULL UNIQUE",
        ["12:00+00", "12:00+02", "10:00+00", "14:00+02:30", "0:00-12"].map(quoted),
    );
    timestamp: NaiveDateTime = Column::new("TIMESTAMP NOT NULL UNIQUE", timestamps());
    timestamp_with_zone: DateTime<Utc> = Column::new("TIMESTAMPTZ NOT NULL UNIQUE", timestamps());
    interval: PgInterval = Column::new(
        "INTERVAL NOT NULL UNIQUE",
        ["1 month", "29 days", "31 days", "-1 second", "1 microsecond", "0", "1 year"].map(quoted),
    );

    // Others that compare
    inet: IpNetwork = Column::new(
        "INET NOT NULL UNIQUE",
        ["::1", "10.0.0.1", "10.0.0.1/8", "9.9.9.9", "10.0.0.0/8"].map(quoted),
    );
    cidr: IpNetwork = Column::new(
        "CIDR NOT NULL UNIQUE",
        ["10.0.0.0/8", "10.0.0.0/9", "::/0", "9.0.0.0/8"].map(quoted),
    );
    // sqlx reads the empty range as the one that contains everything.
    range: PgRange<i32> = Column::new(
        "INT4RANGE NOT NULL UNIQUE",
        ["[1,5)", "[1,4)", "empty", "(,)", "[2,)", "(,2)"].map(quoted),
    ).without_ranges();
    array: Vec<i32> = Column::new(
        "INTEGER[] NOT NULL UNIQUE",
        ["{1,2}", "{}", "{1}", "{2}", "{1,2,3}", "{-1}"].map(quoted),
    );
    array_of_text: Vec<String> = Column::new(
        "TEXT[] NOT NULL UNIQUE",
        ["{a,b}", "{}", "{a}", r#"{""}"#, "{A}"].map(quoted),
    );
    jsonb: JsonValue = Column::new(
        "JSONB NOT NULL UNIQUE",
        ["1", r#""1""#, "null", "[]", "{}", "[1, 2]", r#"{"a": 1}"#, "true"].map(quoted),
    );
    composite: Version = Column::new(
        "version NOT NULL UNIQUE",
        ["(1,0)", "(0,9)", "(1,-1)", "(10,0)"].map(quoted),
    ).after("CREATE TYPE version AS (major INTEGER, minor INTEGER)");
}

#[derive(Clone, Debug, PartialEq, Type)]
#[sqlx(type_name = "version")]
struct Version {
    major: i32,
    minor: i32,
}

const STAGE: &str =
    "CREATE TYPE stage AS ENUM ('draft', 'in_review', 'accepted', 'published', 'withdrawn')";

/// An extension exists once for all schemas, so no two tests may create it at once.
const CITEXT: &str =
    "SELECT pg_advisory_xact_lock(1); CREATE EXTENSION IF NOT EXISTS citext SCHEMA public";
const LTREE: &str =
    "SELECT pg_advisory_xact_lock(1); CREATE EXTENSION IF NOT EXISTS ltree SCHEMA public";

const FLOATS: [&str; 12] = [
    "0.5",
    "0",
    "-0.5",
    "NaN",
    "Infinity",
    "-Infinity",
    "1.7976931348623157e308",
    "5e-324",
    "0.1",
    "0.30000000000000004",
    "0.3",
    "1e100",
];

const DATES: [&str; 6] =
    ["2024-02-29", "0001-01-01", "1969-12-31", "1970-01-01", "9999-12-31", "0044-03-15 BC"];

/// Moments to the microsecond.
fn timestamps() -> impl Iterator<Item = String> {
    let moments = [
        "2024-01-01 00:00",
        "2024-01-01 00:00:00.000001",
        "2023-12-31 23:59:59.999999",
        "1969-12-31 23:59:59.999999",
        "2000-01-01",
    ];
    moments.into_iter().chain(DATES).map(quoted)
}

/// Texts that differ within the first five characters, without trailing spaces.
fn texts_by_width() -> impl Iterator<Item = String> {
    let distinct = |text: &&str| text.chars().count() <= 5 && !text.ends_with(' ');
    TEXTS.into_iter().filter(distinct).map(quoted)
}
