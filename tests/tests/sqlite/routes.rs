//! Batches from a pool, or from a connection passed by value, are read on the connection's own handle
//! if all types are known, and otherwise from sqlx's thread: with the same results, whatever is
//! stored.

use std::{
    cmp::Ordering,
    fmt::{self, Debug},
};

use futures_util::{FutureExt as _, TryStreamExt as _};
use proptest::{
    collection::vec,
    prelude::{Strategy, any, prop_oneof},
    test_runner::{Config, TestRunner},
};
use sqlx::{
    Sqlite, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use sqlx_chunked::{Chunked, Iter, ReadRow};
use sqlx_chunked_tests::{Report as _, outcome_of};
use tokio::{runtime::Handle, task::yield_now};

use crate::harness::{Entry, TestDatabase};

tests! {
    the_route_is_taken_where_types_are_known,
    whatever_is_stored_reads_alike,
    random_tables_read_alike,
    values_of_all_types_are_bound_alike,
    collations_and_functions_of_the_program,
    a_runtime_of_one_thread_is_not_blocked,
    dropped_in_a_query,
    an_interrupted_query,
    two_statements_in_one_text,
}

/// A row with a value of any type.
#[derive(Chunked)]
#[chunked(table = "stored")]
struct Stored<T> {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    value: T,
}

impl<T: Debug> Debug for Stored<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.id, self.value)
    }
}

/// Returns a pool whose connection shows whether sqlx has prepared a statement on it.
async fn observed(database: &TestDatabase) -> SqlitePool {
    let options = SqlitePoolOptions::new().max_connections(1);
    options.connect_with(database.options()).await.unwrap()
}

/// Counts the statements that sqlx has prepared on the connection of a pool.
async fn prepared(pool: &SqlitePool) -> usize {
    use sqlx::Connection as _;
    pool.acquire().await.unwrap().cached_statements_size()
}

/// Returns everything that an iteration yields, up to and including the first error.
async fn outcome<T>(pool: &SqlitePool, batch_size: usize, direct: bool) -> Vec<String>
where
    T: Debug + Send + 'static,
    Stored<T>: ReadRow<Sqlite> + Debug,
{
    outcome_of(<Stored<T> as Chunked>::iter(pool).batch_size(batch_size).direct(direct)).await
}

/// Calls a function for every type that is read without sqlx.
macro_rules! for_all_types {
    ($call:ident $arguments:tt) => {
        for_all_types! { $call $arguments:
            bool, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, String, Vec<u8>
        }
    };
    ($call:ident $arguments:tt: $($ty:ty),+) => {$(
        for_all_types! { @ $call $arguments $ty }
        for_all_types! { @ $call $arguments Option<$ty> }
    )+};
    (@ $call:ident ($($argument:expr),*) $ty:ty) => {
        $call::<$ty>($($argument),*).await;
    };
}

async fn is_direct<T>(database: &TestDatabase)
where
    T: Debug + Send + 'static,
    Stored<T>: ReadRow<Sqlite> + Debug,
{
    let value = match std::any::type_name::<T>() {
        name if name.contains("f32") || name.contains("f64") => "0.5",
        name if name.contains("String") => "'x'",
        name if name.contains("Vec") => "x'00'",
        _ => "1",
    };
    database.execute(format!("UPDATE stored SET value = {value}")).await;
    let pool = observed(database).await;
    assert_eq!(outcome::<T>(&pool, 1, true).await.len(), 2);
    assert_eq!(prepared(&pool).await, 0, "{}", std::any::type_name::<T>());
    assert_eq!(outcome::<T>(&pool, 1, false).await.len(), 2);
    assert_eq!(prepared(&pool).await, 2, "turned off");
    pool.close().await;
}

async fn the_route_is_taken_where_types_are_known(database: &TestDatabase) {
    database.execute("CREATE TABLE stored (id INTEGER PRIMARY KEY, value)").await;
    database.execute("INSERT INTO stored VALUES (1, NULL), (2, NULL)").await;

    for_all_types!(is_direct(database));
}

/// Values that are odd in some way, of every storage class.
const LITERALS: [&str; 42] = [
    "NULL",
    "0",
    "1",
    "2",
    "-1",
    "127",
    "128",
    "-128",
    "-129",
    "255",
    "256",
    "32767",
    "32768",
    "65535",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "0.0",
    "-0.0",
    "1.0",
    "0.1",
    "1e300",
    "-1e999",
    "9e999",
    "1e39",
    "9007199254740993.0",
    "''",
    "'1'",
    "'text'",
    "'grüße'",
    "'nul' || char(0) || 'l'",
    "CAST(x'ff41' AS TEXT)",
    "x''",
    "x'00'",
    "x'ff00ff'",
    "x'e4bda0'",
    "zeroblob(5)",
];

async fn one_agrees<T>(database: &TestDatabase, literal: &str)
where
    T: Debug + Send + 'static,
    Stored<T>: ReadRow<Sqlite> + Debug,
{
    let direct = outcome::<T>(database.pool(), 10, true).await;
    let by_sqlx = outcome::<T>(database.pool(), 10, false).await;
    assert_eq!(direct, by_sqlx, "{literal} as {}", std::any::type_name::<T>());
    assert_eq!(direct.len(), 1);
}

async fn whatever_is_stored_reads_alike(database: &TestDatabase) {
    database.execute("CREATE TABLE stored (id INTEGER PRIMARY KEY, value)").await;

    for literal in LITERALS {
        database.execute("DELETE FROM stored").await;
        database.execute(format!("INSERT INTO stored VALUES (7, {literal})")).await;
        for_all_types!(one_agrees(database, literal));
    }
}

async fn all_agree<T>(pool: &SqlitePool, batch_size: usize)
where
    T: Debug + Send + 'static,
    Stored<T>: ReadRow<Sqlite> + Debug,
{
    let direct = outcome::<T>(pool, batch_size, true).await;
    assert_eq!(direct, outcome::<T>(pool, batch_size, false).await);
}

/// Returns bytes as a literal.
fn blob(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("x'{}'", digits.concat())
}

async fn random_tables_read_alike(database: &TestDatabase) {
    database.execute("CREATE TABLE stored (id INTEGER PRIMARY KEY, value)").await;

    let literal = prop_oneof![
        (0..LITERALS.len()).prop_map(|n| LITERALS[n].to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<i16>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| if n.is_finite() { format!("{n:e}") } else { "9e999".into() }),
        any::<String>().prop_map(|text| { format!("CAST({} AS TEXT)", blob(text.as_bytes())) }),
        vec(any::<u8>(), 0..20).prop_map(|bytes| { blob(&bytes) }),
    ];
    // Mostly of one kind, so that more than one or two rows are read before an error.
    let table = (vec(literal.clone(), 1..12), literal, 0..8_usize, 1..6_usize);
    let handle = Handle::current();
    let config = Config { cases: 64, failure_persistence: None, ..Config::default() };
    let run = |(values, repeated, copies, batch_size): (Vec<String>, String, usize, usize)| {
        handle.block_on(async {
            database.execute("DELETE FROM stored").await;
            let values = std::iter::repeat_n(&repeated, copies).chain(values.iter().take(1));
            for value in values {
                database.execute(format!("INSERT INTO stored (value) VALUES ({value})")).await;
            }
            for_all_types!(all_agree(database.pool(), batch_size));
        });
        Ok(())
    };
    tokio::task::block_in_place(|| TestRunner::new(config).run(&table, run)).unwrap();
}

/// The values of a predicate are those that sqlx would bind.
async fn values_of_all_types_are_bound_alike(database: &TestDatabase) {
    database.execute("CREATE TABLE stored (id INTEGER PRIMARY KEY, value)").await;
    for literal in LITERALS {
        database.execute(format!("INSERT INTO stored (value) VALUES ({literal})")).await;
    }
    let pool = observed(database).await;
    macro_rules! finds_alike {
        ($($ty:ty: $($value:expr),+;)+) => {$($({
            let found = async |direct| {
                let rows = Stored::<$ty>::iter(&pool).direct(direct);
                let rows = rows.filter(|row| row.value.eq($value)).map_ok(|row| row.id);
                format!("{:?}", rows.try_collect::<Vec<_>>().await)
            };
            let nothing = Stored::<$ty>::iter(&pool).filter(|row| row.value.eq($value)).range(..0);
            assert!(nothing.try_collect::<Vec<_>>().await.unwrap().is_empty());
            assert_eq!(prepared(&pool).await, 0, "{}", stringify!($ty));
            let (direct, by_sqlx) = (found(true).await, found(false).await);
            assert_eq!(direct, by_sqlx, "{} as {}", stringify!($value), stringify!($ty));
            sqlx::Connection::clear_cached_statements(&mut *pool.acquire().await.unwrap())
                .await
                .unwrap();
        })+)+};
    }
    finds_alike! {
        bool: true, false;
        i8: 0, 1, -1, i8::MIN, i8::MAX;
        i16: 0, i16::MIN, i16::MAX;
        i32: 0, i32::MIN, i32::MAX;
        i64: 0, 256, i64::MIN, i64::MAX;
        u8: 0, u8::MAX;
        u16: 0, u16::MAX;
        u32: 0, u32::MAX;
        f32: 0.0, 0.5, f32::MAX;
        f64: 0.1, 1e300, f64::INFINITY, f64::NAN;
        String: "", "1", "text", "grüße", "nul\0l";
        Vec<u8>: b"", b"\x00", b"\xff\x00\xff", b"text";
    }
    pool.close().await;
}

#[derive(Chunked, Debug, PartialEq)]
#[chunked(table = "words")]
struct Word {
    #[chunk_key]
    #[chunked(primary_key)]
    word: String,
}

async fn collations_and_functions_of_the_program(database: &TestDatabase) {
    /// By length, and then as text.
    fn by_length(a: &str, b: &str) -> Ordering {
        a.len().cmp(&b.len()).then(a.cmp(b))
    }
    let options: SqliteConnectOptions = database.options();
    let options = options.collation("by_length", by_length);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    let words = ["ccc", "a", "bb", "dddd", "aa", "c"];
    sqlx::raw_sql(
        "CREATE TABLE words (word TEXT PRIMARY KEY NOT NULL COLLATE by_length); \
         INSERT INTO words VALUES ('ccc'), ('a'), ('bb'), ('dddd'), ('aa'), ('c')",
    )
    .execute(&pool)
    .await
    .unwrap();
    let mut expected = words;
    expected.sort_by(|a, b| by_length(a, b));
    let assert_sorted = async |words: Iter<'static, Word, Sqlite>, batch_size| {
        let read: Vec<_> = words.batch_size(batch_size).try_collect().await.unwrap();
        assert_eq!(read.iter().map(|word| &word.word).collect::<Vec<_>>(), expected.each_ref());
    };
    for batch_size in 1..=7 {
        assert_sorted(Word::iter(&pool), batch_size).await;
        assert_sorted(Word::iter(pool.acquire().await.unwrap()), batch_size).await;
        assert_sorted(Word::iter(pool.begin().await.unwrap()), batch_size).await;
    }
    assert_eq!(prepared(&pool).await, 0);
    pool.close().await;
}

/// A condition that takes a while, and is always true.
const SLOW: &str = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
                    WHERE i < 200000) SELECT count(*) FROM n) > entries.id";

async fn a_runtime_of_one_thread_is_not_blocked(database: &TestDatabase) {
    database.create_entries(5).await;
    let pool = database.pool_of(3);
    std::thread::scope(|scope| {
        let read = scope.spawn(|| {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                for rows in [
                    Entry::iter(&pool),
                    Entry::iter(pool.acquire().await.unwrap()),
                    Entry::iter(pool.begin().await.unwrap()),
                ] {
                    let rows = rows.filter_sql(|q| {
                        q.push(SLOW);
                    });
                    let (rows, turns) = with_turns(rows.try_collect::<Vec<_>>()).await;
                    assert_eq!(rows.unwrap(), Entry::first(5));
                    assert!(turns > 100, "the runtime had {turns} turns while the query ran");
                }
            });
        });
        read.join().unwrap();
    });
    pool.close().await;
}

/// Waits for a future, and counts the turns that the runtime had for others meanwhile.
async fn with_turns<T>(work: impl Future<Output = T>) -> (T, u64) {
    let mut work = std::pin::pin!(work);
    let mut turns = 0;
    loop {
        match work.as_mut().now_or_never() {
            Some(output) => return (output, turns),
            None => yield_now().await,
        }
        turns += 1;
    }
}

async fn dropped_in_a_query(database: &TestDatabase) {
    database.create_entries(50).await;
    let pool = database.pool_of(1);
    for turns in 0..20 {
        let mut rows = Entry::iter(&pool).filter_sql(|q| {
            q.push(SLOW);
        });
        for _ in 0..turns {
            assert!(rows.try_next().now_or_never().is_none());
            yield_now().await;
        }
        drop(rows);
        // On the same connection.
        let rows = Entry::iter(&pool).batch_size(20).try_collect::<Vec<_>>().await.unwrap();
        assert_eq!(rows, Entry::first(50));
        sqlx::query("UPDATE entries SET headline = headline").execute(&pool).await.unwrap();
    }
    pool.close().await;
}

/// The program's own hook stops every query: both routes report it, and after it is gone, the
/// iteration continues.
async fn an_interrupted_query(database: &TestDatabase) {
    database.create_entries(50).await;
    let pool = database.pool_of(1);
    let mut rows = Entry::iter(&pool).batch_size(10);
    let mut read = Vec::new();
    for _ in 0..10 {
        read.push(rows.try_next().await.unwrap().unwrap());
    }
    {
        let mut connection = pool.acquire().await.unwrap();
        connection.lock_handle().await.unwrap().set_progress_handler(1, || false);
    }
    for _ in 0..2 {
        let error = rows.try_next().await.unwrap_err().report();
        assert!(error.contains("interrupted"), "{error}");
    }
    pool.acquire().await.unwrap().lock_handle().await.unwrap().remove_progress_handler();
    read.extend(rows.try_collect::<Vec<_>>().await.unwrap());
    assert_eq!(read, Entry::first(50));
    pool.close().await;
}

/// The result is the same as through sqlx.
async fn two_statements_in_one_text(database: &TestDatabase) {
    database.create_entries(5).await;
    let outcome = async |direct| {
        let rows = Entry::iter(database.pool()).direct(direct).filter_sql(|q| {
            q.push("1 = 1); SELECT 1; SELECT (1");
        });
        format!("{:?}", rows.try_collect::<Vec<_>>().await)
    };
    assert_eq!(outcome(true).await, outcome(false).await);
}
