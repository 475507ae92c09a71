//! On SQLite, every type of field reads alike with and without the driver, whatever is stored.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
};

use futures_util::StreamExt as _;
use proptest::{
    prelude::{Strategy, any, prop_oneof},
    sample::select,
    strategy::ValueTree as _,
    test_runner::TestRunner,
};
use serde::Deserialize;
use sqlx::{
    Connection as _, Database, Decode, Sqlite, SqlitePool, Type,
    error::BoxDynError,
    sqlite::{SqlitePoolOptions, SqliteTypeInfo, SqliteValueRef},
    types::{
        Json, JsonValue, Text, Uuid, chrono,
        time::{Date, OffsetDateTime, PrimitiveDateTime, Time},
        uuid::fmt::{Hyphenated, Simple},
    },
};
use sqlx_chunked::{Chunked, ReadRow};
use sqlx_chunked_tests::outcome_of;
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt as _},
};

#[derive(Debug, Type)]
#[sqlx(transparent)]
struct Number(i64);

#[derive(Debug, Type)]
#[sqlx(transparent)]
struct Small(Option<u8>);

#[derive(Debug, Type)]
#[sqlx(transparent)]
struct Name(String);

#[derive(Debug, Type)]
#[sqlx(transparent)]
struct Key(Uuid);

#[derive(Debug, Type)]
#[sqlx(transparent)]
struct Moment(chrono::DateTime<chrono::Utc>);

#[derive(Debug, Type)]
#[repr(i32)]
enum Level {
    Low = 1,
    High = 2,
}

#[derive(Debug, Type)]
#[sqlx(rename_all = "lowercase")]
enum State {
    Open,
    Done,
}

type MaybeState = Option<State>;

#[derive(Debug, Deserialize)]
struct Meta {
    #[expect(dead_code, reason = "shown by Debug")]
    text: String,
    #[expect(dead_code, reason = "shown by Debug")]
    n: Option<i64>,
}

/// Has a decoding just for SQLite, which looks at the storage class and takes NULL.
#[derive(Debug)]
#[expect(dead_code, reason = "shown by Debug")]
struct Money(String);

impl Type<Sqlite> for Money {
    fn type_info() -> SqliteTypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }

    fn compatible(_: &SqliteTypeInfo) -> bool {
        true
    }
}

impl Decode<'_, Sqlite> for Money {
    fn decode(value: SqliteValueRef<'_>) -> Result<Self, BoxDynError> {
        use sqlx::{TypeInfo as _, ValueRef as _};

        let class = value.type_info().name().to_owned();
        if value.is_null() {
            return Ok(Self(format!("nothing: {class}")));
        }
        let bytes = <&[u8] as Decode<Sqlite>>::decode(value)?;
        Ok(Self(format!("{class} {}", bytes.escape_ascii())))
    }
}

/// Is generic over the database, and answers a refusal with a value.
#[derive(Debug)]
#[expect(dead_code, reason = "shown by Debug")]
struct Lenient(Result<String, String>);

impl<DB: Database> Type<DB> for Lenient
where
    String: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <String as Type<DB>>::type_info()
    }

    fn compatible(_: &DB::TypeInfo) -> bool {
        true
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Lenient
where
    String: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(String::decode(value).map_err(|error| error.to_string())))
    }
}

/// Is generic over the database, and leaves `compatible` to sqlx: no value has the type `i32`.
#[derive(Debug)]
#[expect(dead_code, reason = "shown by Debug")]
struct Strict(i32);

impl<DB: Database> Type<DB> for Strict
where
    i32: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <i32 as Type<DB>>::type_info()
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Strict
where
    i32: Decode<'r, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        i32::decode(value).map(Self)
    }
}

/// Takes its values into its possession.
#[derive(Debug)]
#[expect(dead_code, reason = "shown by Debug")]
struct Possessive(Option<i64>);

impl<DB: Database> Type<DB> for Possessive
where
    i64: Type<DB>,
{
    fn type_info() -> DB::TypeInfo {
        <i64 as Type<DB>>::type_info()
    }
}

impl<'r, DB: Database> Decode<'r, DB> for Possessive
where
    for<'v> i64: Decode<'v, DB>,
{
    fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
        use sqlx::{Value as _, ValueRef as _};

        Ok(Self(value.to_owned().try_decode_unchecked::<i64>().ok()))
    }
}

/// Declares a model for each type, and calls a function with each.
macro_rules! models {
    ($agree:ident: $($model:ident: $ty:ty $(, $attribute:meta)?;)+) => {
        $(
            #[derive(Chunked, Debug)]
            #[chunked(table = "stored")]
            #[allow(dead_code, reason = "shown by Debug")]
            struct $model {
                #[chunk_key]
                #[chunked(primary_key)]
                id: i64,
                $(#[$attribute])?
                value: $ty,
            }
        )+

        async fn $agree(pool: &SqlitePool, batch_size: usize) {
            $(agree::<$model>(pool, batch_size).await;)+
        }
    };
}

models! {
    agree_on_times:
    Utc: chrono::DateTime<chrono::Utc>;
    MaybeUtc: Option<chrono::DateTime<chrono::Utc>>;
    Local: chrono::DateTime<chrono::Local>;
    Fixed: chrono::DateTime<chrono::FixedOffset>;
    MaybeFixed: Option<chrono::DateTime<chrono::FixedOffset>>;
    NaiveMoment: chrono::NaiveDateTime;
    NaiveDate: Option<chrono::NaiveDate>;
    NaiveTime: Option<chrono::NaiveTime>;
    Offset: OffsetDateTime;
    MaybeOffset: Option<OffsetDateTime>;
    Primitive: Option<PrimitiveDateTime>;
    Day: Option<Date>;
    Clock: Option<Time>;
    NewtypeOfMoment: Option<Moment>;
}

models! {
    agree_on_others:
    Id: Uuid;
    MaybeId: Option<Uuid>;
    HyphenatedId: Option<Hyphenated>;
    SimpleId: Option<Simple>;
    Document: Json<JsonValue>;
    MaybeDocument: Option<Json<Meta>>;
    Flattened: Meta, sqlx(json);
    MaybeFlattened: Option<Meta>, sqlx(json(nullable));
    BareDocument: JsonValue;
    Newtype: Number;
    MaybeNewtype: Option<Number>;
    NewtypeOfOption: Small;
    NewtypeOfText: Option<Name>;
    NewtypeOfUuid: Option<Key>;
    Weak: Option<Level>;
    Strong: State;
    MaybeStrong: Option<State>;
    AliasOfStrong: MaybeState;
    Parsed: Option<Text<u32>>;
    Boxed: Option<Box<str>>;
    Shared: Option<Arc<[u8]>>;
    OwnDecoding: Money;
    MaybeOwnDecoding: Option<Money>;
    Forgiving: Lenient;
    MaybeForgiving: Option<Lenient>;
    Owning: Possessive;
    Incompatible: Option<Strict>;
}

async fn agree_on_all(pool: &SqlitePool, batch_size: usize) {
    agree_on_times(pool, batch_size).await;
    agree_on_others(pool, batch_size).await;
}

async fn agree<M>(pool: &SqlitePool, batch_size: usize)
where
    M: ReadRow<Sqlite> + Debug,
{
    let direct = outcome::<M>(pool, batch_size, true).await;
    let by_driver = outcome::<M>(pool, batch_size, false).await;
    assert_eq!(direct, by_driver, "{}", std::any::type_name::<M>());
}

/// Returns everything that an iteration yields, up to and including the first error.
async fn outcome<M>(pool: &SqlitePool, batch_size: usize, direct: bool) -> Vec<String>
where
    M: ReadRow<Sqlite> + Debug,
{
    outcome_of(M::iter(pool).batch_size(batch_size).direct(direct)).await
}

async fn store(pool: &SqlitePool, values: impl IntoIterator<Item = impl AsRef<str>>) {
    sqlx::query("DELETE FROM stored").execute(pool).await.unwrap();
    for value in values {
        let insert = format!("INSERT INTO stored (value) VALUES ({})", value.as_ref());
        sqlx::query(sqlx::AssertSqlSafe(insert)).execute(pool).await.unwrap();
    }
}

/// Returns a pool of one connection to an empty table.
async fn empty(declared: &str) -> SqlitePool {
    let options = SqlitePoolOptions::new().max_connections(1);
    let pool = options.connect("sqlite::memory:").await.unwrap();
    let create = format!("CREATE TABLE stored (id INTEGER PRIMARY KEY, value {declared})");
    sqlx::query(sqlx::AssertSqlSafe(create)).execute(&pool).await.unwrap();
    pool
}

const DAYS: &[&str] = &[
    "2024-01-02",
    "2024-02-29",
    "2023-02-29",
    "0000-01-01",
    "0001-12-31",
    "9999-12-31",
    "-0001-01-01",
    "+10000-01-01",
    "2024-1-2",
    "2024-13-01",
    "2024-00-10",
    "2024-01-32",
    "20240102",
    "1969-12-31",
    "2024-060",
];

const SEPARATORS: &[&str] = &["T", " ", "t", "", "  ", "_"];

const CLOCKS: &[&str] = &[
    "03:04:05",
    "03:04",
    "00:00:00",
    "23:59:59",
    "23:59:60",
    "24:00:00",
    "3:4:5",
    "12:60:00",
    "12:00:61",
    "03:04:05.1",
    "03:04:05.12",
    "03:04:05.123",
    "03:04:05.123456",
    "03:04:05.123456789",
    "03:04:05.1234567891",
    "03:04:05.",
    "03:04:05.000",
    "03:04:05,5",
    "030405",
    "03",
    "23:59:60.5",
    "03:04:5",
];

const ZONES: &[&str] = &[
    "", "Z", "z", "+00:00", "-00:30", "-00:00", "+01:00", "-01:30", "+23:59", "-23:59", "+24:00",
    "+01:60", "+0100", "+01", " +01:00", " UTC", "+1:00", "+05:30", "−01:00",
];

const OTHERS: &[&str] = &[
    "NULL",
    "0",
    "1",
    "2",
    "-1",
    "255",
    "256",
    "1704164645",
    "-62167219200",
    "-62167219201",
    "253402300799",
    "253402300800",
    "9223372036854775807",
    "-9223372036854775808",
    "0.0",
    "1.5",
    "2440587.5",
    "2460311.62783565",
    "1721059.5",
    "1e300",
    "9e999",
    "-9e999",
    "-1.0",
    "2440587.4999999",
    "''",
    "'1'",
    "'open'",
    "'done'",
    "'OPEN'",
    "'Low'",
    "'text'",
    "x''",
    "x'00'",
    "x'00112233445566778899aabbccddeeff'",
    "x'00112233445566778899aabbccddee'",
    "'0123456789abcdef'",
    "'00112233-4455-6677-8899-aabbccddeeff'",
    "'00112233445566778899aabbccddeeff'",
    "'{00112233-4455-6677-8899-AABBCCDDEEFF}'",
    "'urn:uuid:00112233-4455-6677-8899-aabbccddeeff'",
    "'{\"text\": \"t\", \"n\": 5}'",
    "'{\"text\": \"t\"}'",
    "'{\"n\": 5}'",
    "'null'",
    "'[1, 2.5, \"x\"]'",
    "'{'",
    "x'7b7d'",
    "CAST(x'ff41' AS TEXT)",
    "'nul' || char(0)",
    "'4294967295'",
    "'-1'",
    "zeroblob(16)",
];

/// Dates and times, in spellings that sqlx reads and in some that it does not.
fn times() -> Vec<String> {
    let mut all = Vec::new();
    for day in DAYS {
        all.push(format!("'{day}'"));
        for separator in SEPARATORS {
            all.push(format!("'{day}{separator}03:04:05'"));
        }
    }
    for clock in CLOCKS {
        for zone in ["", "Z", "+01:00"] {
            all.push(format!("'{clock}{zone}'"));
            all.push(format!("'2024-02-29 {clock}{zone}'"));
            all.push(format!("'2024-02-29T{clock}{zone}'"));
        }
    }
    for zone in ZONES {
        for clock in ["03:04", "23:59:60", "03:04:05.123"] {
            all.push(format!("'2024-02-29 {clock}{zone}'"));
            all.push(format!("'2024-02-29T{clock}{zone}'"));
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_spelling_reads_alike() {
    let pool = empty("").await;
    for spelling in times() {
        store(&pool, [&spelling]).await;
        agree_on_times(&pool, 10).await;
    }
    for spelling in OTHERS {
        store(&pool, [spelling]).await;
        agree_on_all(&pool, 10).await;
    }
}

/// What NULL is read as depends on the type that the column was declared with.
#[tokio::test(flavor = "multi_thread")]
async fn values_of_declared_columns_read_alike() {
    for declared in
        ["INTEGER", "REAL", "TEXT", "BLOB", "DATETIME", "DATE", "TIME", "BOOLEAN", "NUMERIC"]
    {
        let pool = empty(declared).await;
        for spelling in OTHERS {
            store(&pool, [spelling]).await;
            agree_on_all(&pool, 10).await;
        }
        for spelling in
            ["'2024-01-02 03:04:05'", "'2024-01-02 03:04'", "'2024-01-02'", "'03:04:05'"]
        {
            store(&pool, [spelling]).await;
            agree_on_all(&pool, 10).await;
        }
    }
}

/// Mostly of one kind, so that more than one or two rows are read before an error.
#[tokio::test(flavor = "multi_thread")]
async fn random_tables_read_alike() {
    let pool = empty("").await;
    let digits = || (0..10_000_u16, 0..14_u8, 0..33_u8, 0..25_u8, 0..61_u8, 0..61_u8);
    let moment = (digits(), select(SEPARATORS), any::<u32>(), select(ZONES)).prop_map(
        |((year, month, day, hour, minute, second), separator, fraction, zone)| {
            format!("'{year:04}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}.{fraction}{zone}'")
        },
    );
    let usual = (1900..2100_u16, 1..13_u8, 1..29_u8, 0..24_u8, 0..60_u8, 0..60_u8).prop_map(
        |(year, month, day, hour, minute, second)| {
            format!("'{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}'")
        },
    );
    let kind = prop_oneof![
        moment.boxed(),
        usual.boxed(),
        any::<i64>().prop_map(|n| n.to_string()).boxed(),
        (-10_000_000_i64..10_000_000).prop_map(|n| n.to_string()).boxed(),
        (0.0..5_000_000.0).prop_map(|n: f64| format!("{n:?}")).boxed(),
        any::<u128>().prop_map(|n| format!("x'{n:032x}'")).boxed(),
        any::<u128>().prop_map(|n| format!("'{}'", Uuid::from_u128(n))).boxed(),
        any::<i64>().prop_map(|n| format!("'{{\"text\": \"{n}\", \"n\": {n}}}'")).boxed(),
        select(vec!["'open'", "'done'", "NULL"]).prop_map(ToString::to_string).boxed(),
        select(vec!["1", "2", "NULL"]).prop_map(ToString::to_string).boxed(),
        select(times()).boxed(),
        select(OTHERS).prop_map(ToString::to_string).boxed(),
    ];
    let mut runner = TestRunner::deterministic();
    for case in 0..60 {
        // One kind for most rows of a table.
        let strategy = kind.clone();
        let sample = |runner: &mut TestRunner| strategy.new_tree(runner).unwrap().current();
        let first = sample(&mut runner);
        let values: Vec<_> =
            (0..case % 9).map(|_| first.clone()).chain([sample(&mut runner)]).collect();
        store(&pool, &values).await;
        agree_on_all(&pool, 1 + case % 5).await;
    }
}

/// Returns whether sqlx prepared a statement for reading all rows.
async fn is_read_by_driver<M: ReadRow<Sqlite>>(pool: &SqlitePool) -> bool {
    let mut connection = pool.acquire().await.unwrap();
    connection.clear_cached_statements().await.unwrap();
    drop(connection);
    let mut rows = M::iter(pool).batch_size(100);
    while let Some(row) = rows.next().await {
        row.unwrap();
    }
    drop(rows);
    pool.acquire().await.unwrap().cached_statements_size() > 0
}

#[tokio::test(flavor = "multi_thread")]
async fn the_driver_is_left_out() {
    let pool = empty("").await;
    macro_rules! left_out {
        ($($model:ident: $value:expr;)+) => {$(
            store(&pool, (0..250).map($value)).await;
            assert!(!is_read_by_driver::<$model>(&pool).await, "{}", stringify!($model));
        )+};
    }
    left_out! {
        Utc: |n| format!("'2024-01-02 03:04:05.{n}'");
        MaybeUtc: |n| if n % 2 == 0 { "NULL".to_owned() } else { n.to_string() };
        Local: |n| format!("24500{n}.5");
        // Not a usual spelling.
        Fixed: |n| format!("'2024-01-02T03:{:02}'", n % 60);
        Offset: |n| format!("'2024-01-02T03:04:05.{n}+01:00'");
        Id: |n| format!("x'{n:032x}'");
        Document: |n| format!("'[{n}]'");
        Flattened: |n| format!("'{{\"text\": \"{n}\"}}'");
        Newtype: |n| n.to_string();
        NewtypeOfText: |n| format!("'{n}'");
        NewtypeOfUuid: |n| format!("x'{n:032x}'");
        NewtypeOfMoment: |n| n.to_string();
        Weak: |n| (1 + n % 2).to_string();
        Strong: |n| if n % 3 == 0 { "'done'" } else { "'open'" };
        AliasOfStrong: |n| if n % 3 == 0 { "NULL" } else { "'open'" };
        Parsed: |n| format!("'{n}'");
        // All different.
        OwnDecoding: |n| format!("'{n}'");
        MaybeOwnDecoding: |n| if n % 2 == 0 { "NULL".to_owned() } else { n.to_string() };
    }

    // Too large to be kept.
    store(&pool, (0..5).map(|n| format!("zeroblob({})", 1_000_000 + n))).await;
    assert!(is_read_by_driver::<OwnDecoding>(&pool).await);
}

/// What sqlx stores is found by the same value, on both routes.
#[tokio::test(flavor = "multi_thread")]
async fn values_are_bound_alike() {
    let pool = empty("").await;
    macro_rules! found {
        ($($model:ident: $($value:expr),+;)+) => {$($(
            store(&pool, ["0", "'2024'"]).await;
            let insert = sqlx::query("INSERT INTO stored (id, value) VALUES (7, ?)");
            insert.bind($value).execute(&pool).await.unwrap();
            for direct in [true, false] {
                let mut rows = $model::iter(&pool).direct(direct).filter(|row| row.value.eq($value));
                assert_eq!(rows.next().await.unwrap().unwrap().id, 7, "{}", stringify!($value));
                assert!(rows.next().await.is_none());
            }
        )+)+};
    }
    let utc = |seconds, nanoseconds| {
        chrono::DateTime::<chrono::Utc>::from_timestamp(seconds, nanoseconds).unwrap()
    };
    let east = chrono::FixedOffset::east_opt(19_800).unwrap();
    let local = |seconds, nanoseconds| utc(seconds, nanoseconds).naive_utc();
    let id = Uuid::from_u128(0x1234_5678_9abc_def0);
    found! {
        Utc: utc(0, 0), utc(1_704_164_645, 120_000_000), utc(-1, 1), utc(253_402_300_800, 0), utc(-62_167_219_201, 0);
        Local: utc(1_704_164_645, 123_456_000).with_timezone(&chrono::Local);
        Fixed: utc(1_704_164_645, 123_456_789).with_timezone(&east), utc(59, 1_500_000_000).with_timezone(&east);
        NaiveMoment: local(0, 0), local(1_704_164_645, 120_000_000), local(-1, 1), local(253_402_300_800, 0);
        NaiveDate: local(0, 0).date(), local(-62_167_219_201, 0).date(), local(253_402_300_800, 0).date();
        NaiveTime: local(0, 0).time(), local(1, 1_000).time(), local(86_399, 1_500_000_000).time();
        Offset: OffsetDateTime::from_unix_timestamp(1_704_164_645).unwrap();
        Id: id;
        HyphenatedId: id.hyphenated();
        SimpleId: id.simple();
        Strong: State::Open, State::Done;
        Newtype: Number(5);
        NewtypeOfText: Name("open".to_owned());
        NewtypeOfUuid: Key(id);
        Weak: Level::High;
    }
}

/// Collects the messages of the library.
struct Messages;

static MESSAGES: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl<S: tracing::Subscriber> Layer<S> for Messages {
    fn enabled(&self, metadata: &tracing::Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == "sqlx_chunked"
    }

    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Text(String);

        impl tracing::field::Visit for Text {
            fn record_debug(&mut self, _: &tracing::field::Field, value: &dyn Debug) {
                use std::fmt::Write as _;

                write!(self.0, "{value:?} ").unwrap();
            }
        }

        let mut text = Text(String::new());
        event.record(&mut text);
        MESSAGES.lock().unwrap().push(text.0);
    }
}

/// Each cause is logged once for an iteration, not for each of its batches.
#[tokio::test(flavor = "multi_thread")]
async fn the_route_is_logged() {
    #[derive(Debug, Type)]
    #[sqlx(rename_all = "lowercase")]
    enum Logged {
        Open,
        Done,
    }

    #[derive(Chunked)]
    #[chunked(table = "stored")]
    #[expect(dead_code, reason = "only the messages are looked at")]
    struct LoggedRow {
        #[chunk_key]
        #[chunked(primary_key)]
        id: i64,
        value: Logged,
    }

    let subscriber = tracing_subscriber::Registry::default().with(Messages);
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let pool = empty("").await;
    store(&pool, (0..10).map(|n| if n < 5 { "'open'" } else { "'done'" })).await;
    let count = |part: &str| {
        let messages = MESSAGES.lock().unwrap();
        messages.iter().filter(|message| message.contains(part)).count()
    };

    let mut rows = LoggedRow::iter(&pool).batch_size(3);
    while let Some(row) = rows.next().await {
        row.unwrap();
    }
    assert_eq!(count("Logged` are decoded by sqlx"), 1);
    assert_eq!(count("`LoggedRow`"), 0);

    let mut rows = LoggedRow::iter(&pool).batch_size(3).direct(false);
    while let Some(row) = rows.next().await {
        row.unwrap();
    }
    assert_eq!(count("`LoggedRow`: `direct(false)` was called"), 1);

    let mut connection = pool.acquire().await.unwrap();
    let mut rows = LoggedRow::iter(&mut connection).batch_size(3);
    while let Some(row) = rows.next().await {
        row.unwrap();
    }
    drop(rows);
    drop(connection);
    assert_eq!(count("`LoggedRow`: the connection or transaction is borrowed"), 1);

    store(&pool, ["'open'", "'done'", "'gone'"]).await;
    let mut rows = LoggedRow::iter(&pool);
    while let Some(Ok(_)) = rows.next().await {}
    // Other tests meet values that sqlx refuses, too.
    let messages = MESSAGES.lock().unwrap();
    let is_refusal =
        |message: &&String| message.contains("LoggedRow") && message.contains("sqlx refuses it");
    assert_eq!(messages.iter().filter(is_refusal).count(), 1, "{messages:?}");
}
