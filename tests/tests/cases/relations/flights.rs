//! Real data: flights with their planes, some of which are unknown, and with the weather at the
//! hour of their departure, by a key of two columns.

use futures_util::TryStreamExt as _;
use sqlx_chunked::Chunked;
use sqlx_chunked_tests::{flights::rows, statements::record};

use crate::{
    dialect::{BIGINT, TEXT},
    harness::TestDatabase,
};

tests! { flights_with_plane_and_weather, planes_with_flights }

#[derive(Chunked)]
#[chunked(table = "planes")]
struct Plane {
    #[chunk_key]
    #[chunked(primary_key)]
    tailnum: String,
    seats: i64,
}

#[derive(Chunked)]
#[chunked(table = "weather")]
#[expect(dead_code, reason = "the key is compared by the database")]
struct Weather {
    #[chunk_key]
    #[chunked(primary_key)]
    origin: String,
    #[chunk_key]
    #[chunked(primary_key)]
    time_hour: String,
    humid: String,
}

#[derive(Chunked)]
#[chunked(table = "flights")]
#[expect(dead_code, reason = "most columns are read by the database alone")]
struct Flight {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    origin: String,
    time_hour: String,
    tailnum: Option<String>,
}

async fn create(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE planes (tailnum VARCHAR(9) NOT NULL PRIMARY KEY, seats {BIGINT} NOT NULL); \
             CREATE TABLE weather (origin VARCHAR(9) NOT NULL, time_hour VARCHAR(30) NOT NULL, \
               humid {TEXT} NOT NULL, PRIMARY KEY (origin, time_hour)); \
             CREATE TABLE flights (id {BIGINT} NOT NULL PRIMARY KEY, origin VARCHAR(9) NOT NULL, \
               time_hour VARCHAR(30) NOT NULL, tailnum VARCHAR(9)); \
             CREATE INDEX by_tailnum ON flights (tailnum, id)"
        ))
        .await;
    let flights = rows("flights.txt.gz", &["origin", "time_hour", "tailnum"], 32_000..38_000);
    let flights = flights.iter().enumerate().map(|(id, row)| format!("{id}, {row}"));
    let weather = rows("weather.txt.gz", &["origin", "time_hour", "humid"], 0..30_000);
    let planes = rows("planes.txt.gz", &["tailnum", "seats"], 0..4_000);
    for (table, rows) in [("flights", flights.collect()), ("weather", weather), ("planes", planes)]
    {
        // A few hours have no humidity, and so no row here.
        let rows: Vec<_> =
            rows.into_iter().filter(|row| table == "flights" || !row.contains("NULL")).collect();
        for rows in rows.chunks(3_000) {
            database.execute(format!("INSERT INTO {table} VALUES ({})", rows.join("), ("))).await;
        }
    }
}

async fn flights_with_plane_and_weather(database: &TestDatabase) {
    create(database).await;
    let expected: Vec<(i64, Option<i64>, Option<String>)> = sqlx::query_as(
        "SELECT flights.id, planes.seats, weather.humid FROM flights \
         LEFT JOIN planes ON planes.tailnum = flights.tailnum \
         LEFT JOIN weather ON weather.origin = flights.origin \
           AND weather.time_hour = flights.time_hour ORDER BY flights.id",
    )
    .fetch_all(database.pool())
    .await
    .unwrap();
    let missing = |row: &&(i64, Option<i64>, Option<String>)| row.1.is_none();
    assert!(expected.len() == 6_000 && expected.iter().filter(missing).count() > 600);
    for (batch_size, batches) in [(997, 7), (6_000, 1)] {
        let flights = Flight::iter(database.pool())
            .batch_size(batch_size)
            .with_optional::<Plane>(|flight| flight.tailnum)
            .with_optional::<Weather>(|flight| (flight.origin, flight.time_hour))
            .map_ok(|(flight, plane, weather)| {
                let humid = weather.map(|weather| weather.humid.clone());
                (flight.id, plane.map(|plane| plane.seats), humid)
            });
        let (flights, statements) = record("weather", flights.try_collect::<Vec<_>>()).await;
        assert_eq!(flights.unwrap(), expected);
        // If bytes do not decide, MySQL is asked again for the hours without a row.
        assert!((batches..=2 * batches).contains(&statements.len()), "{}", statements.len());
    }
}

async fn planes_with_flights(database: &TestDatabase) {
    create(database).await;
    let expected: Vec<(String, i64)> = sqlx::query_as(
        "SELECT planes.tailnum, flights.id FROM planes \
         JOIN flights ON flights.tailnum = planes.tailnum ORDER BY planes.tailnum, flights.id",
    )
    .fetch_all(database.pool())
    .await
    .unwrap();
    for batch_size in [100, 4_000] {
        let planes = Plane::iter(database.pool()).batch_size(batch_size);
        let planes = planes.with_many::<Flight>(|flight| flight.tailnum);
        let mut found = Vec::new();
        for (plane, flights) in planes.try_collect::<Vec<_>>().await.unwrap() {
            found.extend(flights.into_iter().map(|flight| (plane.tailnum.clone(), flight.id)));
        }
        assert_eq!(found, expected);
    }
}
