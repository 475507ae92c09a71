//! sqlx caches prepared statements by their text alone. The same text must not be executed with
//! parameters of other types than it was prepared with.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use futures_util::TryStreamExt as _;
use sqlx::{
    Decode, Encode, PgConnection, Postgres, QueryBuilder, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef},
};
use sqlx_chunked::Chunked;

use crate::harness::TestDatabase;

tests! {
    integers_of_two_widths,
    integers_in_sql,
    closures_of_one_type,
    moments_with_and_without_zone,
    moments_in_sql,
}

/// An integer that is read from columns of two widths, and bound as the wider one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Wide(pub(crate) i64);

impl Type<Postgres> for Wide {
    fn type_info() -> PgTypeInfo {
        <i64 as Type<Postgres>>::type_info()
    }

    fn compatible(type_info: &PgTypeInfo) -> bool {
        <i64 as Type<Postgres>>::compatible(type_info)
            || <i32 as Type<Postgres>>::compatible(type_info)
    }
}

impl Encode<'_, Postgres> for Wide {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<Postgres>>::encode_by_ref(&self.0, buffer)
    }
}

impl<'r> Decode<'r, Postgres> for Wide {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        <i32 as Decode<Postgres>>::decode(value).map(|value| Self(value.into()))
    }
}

#[derive(Chunked)]
#[chunked(table = "numbers")]
struct Narrow {
    #[chunk_key]
    #[chunked(unique)]
    n: i32,
}

#[derive(Chunked)]
#[chunked(table = "numbers")]
struct Widened {
    #[chunk_key]
    #[chunked(unique)]
    n: Wide,
}

async fn numbers(database: &TestDatabase) -> PgConnection {
    database
        .execute("CREATE TABLE numbers (n INTEGER PRIMARY KEY); INSERT INTO numbers SELECT generate_series(1, 9)")
        .await;
    database.connect().await
}

async fn integers_of_two_widths(database: &TestDatabase) {
    let mut connection = numbers(database).await;
    for _ in 0..3 {
        let narrow = Narrow::iter(&mut connection).filter(|c| c.n.gt(4)).range(..9).batch_size(2);
        let narrow: Vec<_> = narrow.map_ok(|row| row.n).try_collect().await.unwrap();
        assert_eq!(narrow, [5, 6, 7, 8]);
        let wide = Widened::iter(&mut connection)
            .filter(|c| c.n.gt(Wide(-5_000_000_000)))
            .range(..Wide(5_000_000_000))
            .batch_size(2);
        let wide: Vec<_> = wide.map_ok(|row| row.n.0).try_collect().await.unwrap();
        assert_eq!(wide, (1..=9).collect::<Vec<_>>());
    }
}

async fn integers_in_sql(database: &TestDatabase) {
    let mut connection = numbers(database).await;
    for _ in 0..3 {
        let narrow = Narrow::iter(&mut connection).batch_size(2).filter_sql(|q| {
            q.push("n > ").push_bind(4_i32);
        });
        assert_eq!(narrow.try_collect::<Vec<_>>().await.unwrap().len(), 5);
        let wide = Narrow::iter(&mut connection).batch_size(2).filter_sql(|q| {
            q.push("n > ").push_bind(-5_000_000_000_i64);
        });
        assert_eq!(wide.try_collect::<Vec<_>>().await.unwrap().len(), 9);
    }
}

#[derive(Chunked)]
#[chunked(table = "moments")]
struct Moment {
    #[chunk_key]
    #[chunked(unique)]
    moment: DateTime<Utc>,
    #[chunked(unique)]
    local: NaiveDateTime,
}

fn noon() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2024, 2, 29).unwrap().and_hms_opt(12, 0, 0).unwrap()
}

/// Creates every hour of a day, for a session whose noon is not that of UTC.
async fn moments(database: &TestDatabase) -> PgConnection {
    database
        .execute(
            "SET TIME ZONE 'UTC'; \
             CREATE TABLE moments (moment TIMESTAMPTZ PRIMARY KEY, local TIMESTAMP NOT NULL UNIQUE); \
             INSERT INTO moments SELECT at AT TIME ZONE 'UTC', at FROM generate_series( \
               TIMESTAMP '2024-02-29', TIMESTAMP '2024-02-29 23:00', INTERVAL '1 hour') AS at",
        )
        .await;
    let mut connection = database.connect().await;
    sqlx::raw_sql("SET TIME ZONE 'Asia/Kolkata'").execute(&mut connection).await.unwrap();
    connection
}

/// Closures of the same type that bind different types.
async fn closures_of_one_type(database: &TestDatabase) {
    type Push = Box<dyn FnMut(&mut QueryBuilder<Postgres>) + Send>;

    let mut connection = numbers(database).await;
    for _ in 0..3 {
        let closures: [(Push, &[i32]); 3] = [
            (
                Box::new(|q| {
                    q.push("numbers.n > ").push_bind(7_i32);
                }),
                &[8, 9],
            ),
            (
                Box::new(|q| {
                    q.push("numbers.n > ").push_bind(7.5_f64);
                }),
                &[8, 9],
            ),
            (
                Box::new(|q| {
                    q.push("numbers.n > ").push_bind(8_i64);
                }),
                &[9],
            ),
        ];
        for (closure, expected) in closures {
            let rows = Narrow::iter(&mut connection).filter_sql(closure);
            let rows: Vec<_> = rows.map_ok(|row| row.n).try_collect().await.unwrap();
            assert_eq!(rows, expected);
        }
    }
}

async fn moments_with_and_without_zone(database: &TestDatabase) {
    let mut connection = moments(database).await;
    for _ in 0..3 {
        let rows = Moment::iter(&mut connection).filter(|c| c.local.lt(noon())).batch_size(5);
        let rows: Vec<_> = rows.map_ok(|row| row.local).try_collect().await.unwrap();
        assert_eq!((rows.len(), rows.last().unwrap() < &noon()), (12, true));
        let rows = Moment::iter(&mut connection)
            .order_by(|c| c.local.asc())
            .filter(|c| c.moment.lt(noon().and_utc()))
            .batch_size(5);
        let rows: Vec<_> = rows.map_ok(|row| row.moment).try_collect().await.unwrap();
        assert_eq!((rows.len(), rows.last().unwrap() < &noon().and_utc()), (12, true));
    }
}

/// The server reads a value without a zone in the session's zone: 5:30 earlier.
async fn moments_in_sql(database: &TestDatabase) {
    let mut connection = moments(database).await;
    for _ in 0..3 {
        let with_zone = Moment::iter(&mut connection).batch_size(5).filter_sql(|q| {
            q.push("moment < ").push_bind(noon().and_utc());
        });
        assert_eq!(with_zone.try_collect::<Vec<_>>().await.unwrap().len(), 12);
        let without = Moment::iter(&mut connection).batch_size(5).filter_sql(|q| {
            q.push("moment < ").push_bind(noon());
        });
        assert_eq!(without.try_collect::<Vec<_>>().await.unwrap().len(), 7);
    }
}
