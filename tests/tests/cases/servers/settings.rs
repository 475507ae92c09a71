//! The settings of a session do not change which rows come, nor in what order.

use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use futures_util::{TryStream, TryStreamExt as _};
use sqlx::{AssertSqlSafe, Pool, pool::PoolOptions, types::Decimal};
use sqlx_chunked::{Chunked, Error};

use crate::{Db, harness::TestDatabase};

/// A row of the table `things`.
#[derive(Chunked)]
#[chunked(table = "things")]
#[expect(dead_code, reason = "rows are told apart by their ids")]
pub(crate) struct Thing {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(unique)]
    word: String,
    #[chunked(unique)]
    code: String,
    #[chunked(unique)]
    amount: Decimal,
    #[chunked(unique)]
    day: NaiveDate,
    #[chunked(unique)]
    time: NaiveTime,
    /// Without a time zone.
    #[chunked(unique)]
    local: NaiveDateTime,
    /// With one.
    #[chunked(unique)]
    moment: DateTime<Utc>,
}

/// Text that is written in another way under other settings, and times that are hours apart, two of
/// which a session in New York reads as the same.
pub(crate) const THINGS: [[&str; 6]; 6] = [
    ["it''s", "ab", "0.1", "2024-11-03", "01:30:00", "2024-11-03 05:30:00"],
    ["a\"b", "a", "-0.1", "2024-11-02", "01:30:00.000001", "2024-11-03 06:30:00"],
    ["", "b", "100", "2024-01-31", "00:00:00", "2024-11-03 06:30:00.000001"],
    ["a||b", "", "99.9", "2024-12-01", "23:59:59", "2024-03-10 06:59:59"],
    ["%", "abcde", "0.2", "2023-02-01", "12:00:00", "2024-03-10 07:00:00"],
    ["a`b", "C", "0.0000000001", "2024-02-10", "11:59:59", "2000-01-01 00:00:00"],
];

/// Fills the table, whose columns `word`, `code`, … follow the `id`.
pub(crate) async fn fill(database: &TestDatabase, zone: &str) {
    for (id, [word, code, amount, day, time, moment]) in THINGS.into_iter().enumerate() {
        database
            .execute(format!(
                "INSERT INTO things VALUES ({id}, '{word}', '{code}', {amount}, '{day}', '{time}', \
                 '{moment}', '{moment}{zone}')"
            ))
            .await;
    }
}

/// Returns a pool whose sessions have executed a statement.
pub(crate) async fn pool_after(database: &TestDatabase, setting: &'static str) -> Pool<Db> {
    let options = PoolOptions::new().max_connections(2).after_connect(move |connection, _| {
        Box::pin(async move {
            sqlx::raw_sql(AssertSqlSafe(setting)).execute(connection).await?;
            Ok(())
        })
    });
    options.connect_with(database.options()).await.unwrap()
}

async fn ids<S>(things: S) -> Vec<i64>
where
    S: TryStream<Ok = Thing, Error = Error>,
{
    things.map_ok(|thing| thing.id).try_collect().await.unwrap()
}

/// Returns the ids that iterations of all kinds read, each with the kind of iteration.
pub(crate) async fn walks(pool: &Pool<Db>) -> Vec<(&'static str, usize, Vec<i64>)> {
    let mut walks = Vec::new();
    for batch_size in [1, 2, 5] {
        let things = || Thing::iter(pool).batch_size(batch_size);
        macro_rules! by {
            ($($column:ident)+) => {$(
                let ascending = ids(things().order_by(|t| t.$column.asc())).await;
                let mut descending = ids(things().order_by(|t| t.$column.desc())).await;
                descending.reverse();
                assert_eq!(ascending, descending, "by {}", stringify!($column));
                assert_eq!(ascending.len(), THINGS.len(), "by {}", stringify!($column));
                walks.push((concat!("by ", stringify!($column)), batch_size, ascending));
            )+};
        }
        by! { id word code amount day time local moment }
    }
    walks
}

/// Returns the ids that predicates and ranges select, with values from the program.
pub(crate) async fn filters(pool: &Pool<Db>) -> Vec<Vec<i64>> {
    let local = |hour| NaiveDate::from_ymd_opt(2024, 11, 3).unwrap().and_hms_opt(hour, 30, 0);
    let day = NaiveDate::from_ymd_opt(2024, 2, 10).unwrap();
    let time = NaiveTime::from_hms_micro_opt(1, 30, 0, 1).unwrap();
    let things = || Thing::iter(pool).batch_size(1);
    vec![
        ids(things().filter(|t| t.word.is_in(["it's", "a\"b", "a||b", "a`b", "%"]))).await,
        ids(things().filter(|t| t.word.eq(""))).await,
        ids(things().filter(|t| t.word.like("a%b").and(!t.word.like("%|%")))).await,
        ids(things().filter(|t| t.code.eq("a").or(t.code.eq("")))).await,
        ids(things().filter(|t| t.amount.between(Decimal::new(1, 10), Decimal::new(2, 1)))).await,
        ids(things().filter(|t| t.day.ge(day).and(!t.day.eq(day)))).await,
        ids(things().filter(|t| t.time.le(time))).await,
        ids(things().filter(|t| t.local.ge(local(5).unwrap()).and(t.local.lt(local(6).unwrap()))))
            .await,
        ids(things().order_by(|t| t.local.asc()).range(local(5).unwrap()..=local(6).unwrap()))
            .await,
        ids(things().order_by(|t| t.word.desc()).range("a\"b".to_owned()..="it's".to_owned()))
            .await,
    ]
}

/// Returns the ids of moments on one side of another.
pub(crate) async fn moments(pool: &Pool<Db>) -> Vec<Vec<i64>> {
    let at = |hour| {
        let day = NaiveDate::from_ymd_opt(2024, 11, 3).unwrap();
        day.and_hms_opt(hour, 30, 0).unwrap().and_utc()
    };
    let things = || Thing::iter(pool).batch_size(1);
    vec![
        ids(things().filter(|t| t.moment.eq(at(5)))).await,
        ids(things().filter(|t| t.moment.gt(at(5)).and(t.moment.le(at(6))))).await,
        ids(things().order_by(|t| t.moment.desc()).range(at(5)..=at(6))).await,
    ]
}

/// Checks that the settings of sessions make no difference.
pub(crate) async fn check<T: Debug + PartialEq>(
    database: &TestDatabase,
    settings: &[&'static str],
    results: impl AsyncFn(&Pool<Db>) -> T,
) {
    let expected = results(database.pool()).await;
    for setting in settings {
        let pool = pool_after(database, setting).await;
        assert_eq!(results(&pool).await, expected, "{setting}");
        pool.close().await;
    }
}
