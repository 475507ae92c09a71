//! Real data: the weather in New York by its composite key, and the flights from there in orders of
//! several columns, with thousands of ties and with the NULLs of cancelled flights.

use std::fmt::Debug;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Database, FromRow};
use sqlx_chunked::{BatchIter, Chunked, Cursor, Page, ReadRow};
use sqlx_chunked_tests::flights;

use crate::{
    Db,
    dialect::{BIGINT, MOMENT, TEXT},
    harness::TestDatabase,
};

tests! {
    weather_by_its_key,
    ranges_of_weather,
    flights_by_their_key,
    flights_by_delay,
    flights_by_several_delays,
    ranges_of_flights,
    pages_there_and_back,
}

#[derive(Chunked, Debug)]
#[chunked(table = "weather")]
struct Weather {
    #[chunk_key]
    #[chunked(primary_key)]
    origin: String,
    #[chunk_key]
    #[chunked(primary_key)]
    time_hour: String,
}

/// Time, carrier and number together identify a flight.
#[derive(Chunked, Debug)]
#[chunked(table = "flights", unique(time_hour, carrier, number))]
#[expect(dead_code, reason = "most columns are only ordered by")]
struct Flight {
    #[chunk_key]
    time_hour: DateTime<Utc>,
    #[chunk_key]
    carrier: String,
    #[chunk_key]
    #[chunked(rename = "flight")]
    number: i64,
    #[chunked(primary_key)]
    id: i64,
    origin: String,
    tailnum: Option<String>,
    dep_delay: Option<i64>,
    arr_delay: Option<i64>,
}

/// A row with its identity, which is the least that a plain query must read.
trait Row: ReadRow<Db> + Unpin {
    type Id: for<'r> FromRow<'r, <Db as Database>::Row> + Debug + PartialEq + Send + Unpin;

    const ID: &str;

    fn id(&self) -> Self::Id;
}

impl Row for Weather {
    type Id = (String, String);

    const ID: &str = "origin, time_hour";

    fn id(&self) -> (String, String) {
        (self.origin.clone(), self.time_hour.clone())
    }
}

impl Row for Flight {
    type Id = (i64,);

    const ID: &str = "id";

    fn id(&self) -> (i64,) {
        (self.id,)
    }
}

async fn weather_by_its_key(database: &TestDatabase) {
    create_weather(database).await;
    walk(database, "weather", "origin, time_hour", || Weather::batch_iter(database.pool())).await;
}

/// From one airport's hour to another's, compared from left to right.
async fn ranges_of_weather(database: &TestDatabase) {
    create_weather(database).await;
    let key = |origin: &str, time: &str| (origin.to_owned(), time.to_owned());
    let (start, end) = ("2013-12-30T05:00:00Z", "2013-01-03T12:00:00Z");
    let range = || key("EWR", start)..key("LGA", end);
    let rows = format!(
        "weather WHERE (origin > 'EWR' OR (origin = 'EWR' AND time_hour >= '{start}')) \
         AND (origin < 'LGA' OR (origin = 'LGA' AND time_hour < '{end}'))"
    );
    walk(database, &rows, "origin, time_hour", || {
        Weather::batch_iter(database.pool()).range(range())
    })
    .await;
    walk(database, &rows, "origin, time_hour DESC", || {
        let weather = Weather::batch_iter(database.pool());
        weather.range(range()).order_by(|w| w.origin.asc().then(w.time_hour.desc()))
    })
    .await;
}

/// Walks the flights in each of the orders, and compares with how the database sorts them.
macro_rules! walk_flights {
    ($database:expr, { $($sql:literal => $order:expr;)+ }) => {
        create_flights($database).await;
        $(
            walk($database, "flights", $sql, || {
                Flight::batch_iter($database.pool()).order_by($order)
            })
            .await;
        )+
    };
}

async fn flights_by_their_key(database: &TestDatabase) {
    walk_flights!(database, {
        "time_hour, carrier, flight" =>
            |f| f.time_hour.asc().then(f.carrier.asc()).then(f.number.asc());
        "time_hour DESC, origin, carrier, tailnum, flight" => |f| {
            let airport = f.time_hour.desc().then(f.origin.asc());
            airport.then(f.carrier.asc()).then(f.tailnum.asc()).then(f.number.asc())
        };
        "tailnum DESC, carrier, id" =>
            |f| f.tailnum.desc().then(f.carrier.asc()).then(f.id.asc());
    });
}

async fn flights_by_delay(database: &TestDatabase) {
    walk_flights!(database, {
        "dep_delay, id" => |f| f.dep_delay.asc().then(f.id.asc());
        "dep_delay DESC, id" => |f| f.dep_delay.desc().then(f.id.asc());
    });
}

async fn flights_by_several_delays(database: &TestDatabase) {
    walk_flights!(database, {
        "dep_delay DESC, arr_delay, id DESC" =>
            |f| f.dep_delay.desc().then(f.arr_delay.asc()).then(f.id.desc());
        "carrier, arr_delay DESC, dep_delay DESC, id" => |f| {
            let latest = f.carrier.asc().then(f.arr_delay.desc());
            latest.then(f.dep_delay.desc()).then(f.id.asc())
        };
    });
}

async fn ranges_of_flights(database: &TestDatabase) {
    create_flights(database).await;
    let rows = "flights WHERE (carrier > 'B6' \
         OR (carrier = 'B6' AND (flight > 500 OR (flight = 500 AND id >= 300)))) \
         AND (carrier < 'EV' \
         OR (carrier = 'EV' AND (flight < 4000 OR (flight = 4000 AND id <= 9000))))";
    let range = || ("B6".to_owned(), 500, 300)..=("EV".to_owned(), 4000, 9000);
    walk(database, rows, "carrier, flight DESC, id", || {
        Flight::batch_iter(database.pool())
            .order_by(|f| f.carrier.asc().then(f.number.desc()).then(f.id.asc()))
            .range(range())
    })
    .await;
    // The range is kept when the order changes.
    walk(database, rows, "arr_delay DESC, id", || {
        Flight::batch_iter(database.pool())
            .order_by(|f| f.carrier.asc().then(f.number.asc()).then(f.id.asc()))
            .range(range())
            .order_by(|f| f.arr_delay.desc().then(f.id.asc()))
    })
    .await;
}

async fn pages_there_and_back(database: &TestDatabase) {
    create_flights(database).await;
    turn_pages(database, "dep_delay, id", 499, || {
        Flight::batch_iter(database.pool()).order_by(|f| f.dep_delay.asc().then(f.id.asc()))
    })
    .await;
    turn_pages(database, "arr_delay DESC, carrier, id DESC", 1_001, || {
        Flight::batch_iter(database.pool())
            .order_by(|f| f.arr_delay.desc().then(f.carrier.asc()).then(f.id.desc()))
    })
    .await;
}

async fn create_weather(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE weather (origin {TEXT} NOT NULL, time_hour {TEXT} NOT NULL, \
             PRIMARY KEY (origin, time_hour))"
        ))
        .await;
    let rows = flights::rows("weather.txt.gz", &["origin", "time_hour"], 0..usize::MAX);
    assert_eq!(rows.len(), 26_115);
    insert(database, "weather", rows).await;
}

/// Creates the flights of some days in February, when a blizzard cancelled every sixth.
async fn create_flights(database: &TestDatabase) {
    database
        .execute(format!(
            "CREATE TABLE flights (time_hour {MOMENT} NOT NULL, carrier {TEXT} NOT NULL, \
             flight {BIGINT} NOT NULL, origin {TEXT} NOT NULL, tailnum {TEXT}, \
             dep_delay {BIGINT}, arr_delay {BIGINT}, id {BIGINT} NOT NULL PRIMARY KEY, \
             UNIQUE (time_hour, carrier, flight))"
        ))
        .await;
    // One order has an index in its own directions, some have an index of their first columns, and
    // some have none.
    database
        .execute(
            "CREATE INDEX by_departure ON flights (dep_delay, id); \
             CREATE INDEX by_arrival ON flights (carrier, arr_delay)",
        )
        .await;
    let columns = ["time_hour", "carrier", "flight", "origin", "tailnum", "dep_delay", "arr_delay"];
    let rows = flights::rows("flights.txt.gz", &columns, 32_000..38_000);
    let numbered = rows.into_iter().enumerate().map(|(id, row)| {
        // MariaDB accepts no time zone; without one, the time is UTC here.
        format!("{}, {id}", row.replacen("Z'", "'", 1))
    });
    insert(database, "flights", numbered.collect()).await;
}

async fn insert(database: &TestDatabase, table: &str, rows: Vec<String>) {
    for rows in rows.chunks(3_000) {
        database.execute(format!("INSERT INTO {table} VALUES ({})", rows.join("), ("))).await;
    }
}

/// Returns the rows as one plain query reads them, without the library.
async fn ordered<M: Row>(database: &TestDatabase, rows: &str, order: &str) -> Vec<M::Id> {
    let sql = format!("SELECT {} FROM {rows} ORDER BY {order}", M::ID);
    let ids: Vec<_> = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(database.pool()).await.unwrap();
    assert!(ids.len() > 1_000, "{} rows", ids.len());
    ids
}

/// Walks from the first row to the last, and back, in pieces of all sizes; each continues at the
/// token of the previous one.
async fn walk<M: Row, K>(
    database: &TestDatabase,
    rows: &str,
    order: &str,
    walked: impl Fn() -> BatchIter<'static, M, Db, K>,
) {
    let mut expected = ordered::<M>(database, rows, order).await;
    in_pieces(order, &expected, &walked).await;
    expected.reverse();
    in_pieces(&format!("{order}, reversed"), &expected, || walked().reverse()).await;
}

/// Rows in a batch, and batches in a piece.
const PIECES: [(usize, usize); 6] = [(1, 3), (2, 2), (997, 3), (7, 5), (64, 2), (3_001, 1)];

async fn in_pieces<M: Row, K>(
    order: &str,
    expected: &[M::Id],
    walked: impl Fn() -> BatchIter<'static, M, Db, K>,
) {
    let mut read = 0;
    let mut token: Option<String> = None;
    for (batch_size, batches) in PIECES.into_iter().cycle() {
        let mut piece = walked().batch_size(batch_size);
        if let Some(token) = &token {
            piece = piece.after(token.parse().unwrap());
        }
        for _ in 0..batches {
            let Some(batch) = piece.try_next().await.unwrap() else {
                assert_eq!(read, expected.len(), "ORDER BY {order}");
                return;
            };
            same(order, &batch, &expected[read..][..batch.len()]);
            read += batch.len();
            token = Some(batch.cursor().to_string());
        }
    }
}

/// Turns pages from the first to the last and back.
async fn turn_pages<K>(
    database: &TestDatabase,
    order: &str,
    size: usize,
    walked: impl Fn() -> BatchIter<'static, Flight, Db, K>,
) {
    let expected = ordered::<Flight>(database, "flights", order).await;
    let mut pages = expected.chunks(size);
    let read = async |flights: BatchIter<'static, Flight, Db, K>| -> Page<Flight> {
        flights.batch_size(size).page().await.unwrap()
    };
    let sent = |cursor: Cursor<Flight>| cursor.to_string().parse().unwrap();

    let mut page = read(walked()).await;
    same(order, &page.rows, pages.next().unwrap());
    while let Some(next) = page.next {
        page = read(walked().after(sent(next))).await;
        same(order, &page.rows, pages.next().expect("no page more"));
    }
    assert!(pages.next().is_none(), "ORDER BY {order}");

    let mut pages = expected.chunks(size).rev().skip(1);
    while let Some(previous) = page.previous {
        page = read(walked().before(sent(previous))).await;
        same(order, &page.rows, pages.next().expect("no page more"));
    }
    assert!(pages.next().is_none(), "ORDER BY {order}");
}

/// Compares rows, and shows the first that differ.
fn same<M: Row>(order: &str, rows: &[M], expected: &[M::Id]) {
    for (row, expected) in rows.iter().zip(expected) {
        assert_eq!(row.id(), *expected, "ORDER BY {order}");
    }
    assert_eq!(rows.len(), expected.len(), "ORDER BY {order}");
}
