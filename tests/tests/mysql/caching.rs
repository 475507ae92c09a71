//! sqlx caches prepared statements by their text alone. The same text is executed with parameters
//! of different types.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use futures_util::TryStreamExt as _;
use sqlx_chunked::Chunked;

use crate::harness::TestDatabase;

tests! { integers_of_several_types, moments_with_and_without_zone }

/// A model of the table `numbers` for each type.
macro_rules! numbers {
    ($($model:ident: $type:ty;)+) => {$(
        #[derive(Chunked)]
        #[chunked(table = "numbers")]
        struct $model {
            #[chunk_key]
            #[chunked(unique)]
            n: $type,
        }
    )+};
}

numbers! {
    Narrow: i32;
    Wide: i64;
    Byte: i8;
}

async fn integers_of_several_types(database: &TestDatabase) {
    database
        .execute(
            "CREATE TABLE numbers (n BIGINT PRIMARY KEY); \
             INSERT INTO numbers VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9)",
        )
        .await;
    let mut connection = database.connect().await;
    macro_rules! check {
        ($($model:ident $from:expr, $to:expr => $first:literal;)+) => {$(
            let rows = $model::iter(&mut connection)
                .filter(|c| c.n.gt($from).and(c.n.ne($to)))
                .range(..$to)
                .batch_size(2);
            let rows: Vec<_> = rows.map_ok(|row| i64::from(row.n)).try_collect().await.unwrap();
            assert_eq!(rows, Vec::from_iter($first..=9), "{}", stringify!($model $from, $to));
        )+};
    }
    for _ in 0..3 {
        check! {
            Narrow 4, i32::MAX => 5;
            Wide -5_000_000_000, 5_000_000_000 => 1;
            Narrow -1, 10 => 1;
            Wide i64::MIN, i64::MAX => 1;
            Byte 2, 127 => 3;
        }
    }
}

#[derive(Chunked)]
#[chunked(table = "moments")]
struct Local {
    #[chunk_key]
    #[chunked(unique)]
    at: NaiveDateTime,
}

#[derive(Chunked)]
#[chunked(table = "moments")]
struct Moment {
    #[chunk_key]
    #[chunked(unique)]
    at: DateTime<Utc>,
}

async fn moments_with_and_without_zone(database: &TestDatabase) {
    let noon = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap().and_hms_opt(12, 0, 0).unwrap();
    for column in ["DATETIME", "DATETIME(6)"] {
        database
            .execute(format!(
                "DROP TABLE IF EXISTS moments; CREATE TABLE moments (at {column} PRIMARY KEY); \
                 INSERT INTO moments VALUES ('2024-02-29 11:00'), ('2024-02-29 11:59:59'), \
                   ('2024-02-29 12:00'), ('2024-02-29 12:00:01'), ('2024-02-29 17:30')"
            ))
            .await;
        let mut connection = database.connect().await;
        for _ in 0..3 {
            let rows =
                Local::iter(&mut connection).filter(|c| c.at.ge(noon)).range(noon..).batch_size(1);
            let rows: Vec<_> = rows.map_ok(|row| row.at).try_collect().await.unwrap();
            assert_eq!((rows.len(), rows[0]), (3, noon), "{column}");
            let rows = Moment::iter(&mut connection)
                .filter(|c| c.at.ge(noon.and_utc()))
                .range(noon.and_utc()..)
                .batch_size(1);
            let rows: Vec<_> = rows.map_ok(|row| row.at).try_collect().await.unwrap();
            assert_eq!((rows.len(), rows[0]), (3, noon.and_utc()), "{column}");
        }
    }
}
