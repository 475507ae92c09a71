//! Filter, order, limit, batches, and continuing from where an earlier iteration stopped.

use std::error::Error;

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use sqlx::{FromRow, SqlitePool};
use sqlx_chunked::Chunked;
use sqlx_chunked_examples::flights;

#[derive(Debug, PartialEq, Chunked)]
#[chunked(table = "flights")]
struct Flight {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    time_hour: DateTime<Utc>,
    carrier: String,
    #[chunked(rename = "flight")]
    number: i32,
    dest: String,
    arr_delay: Option<i32>,
}

#[derive(Debug, Chunked)]
#[chunked(table = "airlines")]
struct Airline {
    #[chunk_key]
    #[chunked(primary_key)]
    carrier: String,
    #[chunked(unique)]
    name: String,
}

/// An hour at an airport: unique together, but neither is unique alone.
#[derive(Debug, PartialEq, Chunked, FromRow)]
#[chunked(table = "weather")]
struct Weather {
    #[chunk_key]
    #[chunked(primary_key)]
    origin: String,
    #[chunk_key]
    #[chunked(primary_key)]
    time_hour: DateTime<Utc>,
    wind_gust: Option<f64>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let pool = flights::open().await?;
    last_flights_to_honolulu(&pool).await?;
    airlines_by_name(&pool).await?;
    made_up_in_the_air(&pool).await?;
    stop_and_go_on(&pool).await?;
    gusts(&pool).await?;
    Ok(())
}

async fn last_flights_to_honolulu(pool: &SqlitePool) -> Result<(), sqlx_chunked::Error> {
    let mut flights = Flight::iter(pool)
        .filter(|f| f.dest.eq("HNL"))
        .order_by(|f| f.id.desc())
        .batch_size(150)
        .limit(400);

    let mut seen = Vec::new();
    while let Some(flight) = flights.try_next().await? {
        seen.push(flight);
    }

    let (last, first) = (&seen[0], &seen[399]);
    println!("400 flights to Honolulu, from {} back to {}", last.time_hour, first.time_hour);
    assert_eq!(seen.len(), 400);
    assert!(seen.iter().all(|flight| flight.dest == "HNL"));
    assert!(seen.is_sorted_by(|a, b| a.id > b.id));
    Ok(())
}

/// Any unique column can be the order, here a text.
async fn airlines_by_name(pool: &SqlitePool) -> Result<(), sqlx_chunked::Error> {
    let airlines: Vec<_> =
        Airline::iter(pool).order_by(|a| a.name.desc()).batch_size(5).try_collect().await?;

    let Airline { carrier, name } = &airlines[0];
    println!("{} airlines, the last by name is {name} ({carrier})", airlines.len());
    assert_eq!(airlines.len(), 16);
    assert!(airlines.is_sorted_by(|a, b| a.name > b.name));
    Ok(())
}

/// All kinds of filters are joined by AND.
async fn made_up_in_the_air(pool: &SqlitePool) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut batches = Flight::batch_iter(pool)
        .range(100_000..200_000)
        .filter(|f| f.carrier.is_in(["UA", "DL"]).or(f.number.lt(100)))
        .filter(|f| f.arr_delay.le(0))
        .filter_sql(|q| {
            q.push("dep_delay - arr_delay > ").push_bind(45);
        })
        .batch_size(200);

    let mut sizes = Vec::new();
    while let Some(batch) = batches.try_next().await? {
        for flight in &batch {
            assert!((100_000..200_000).contains(&flight.id));
            assert!(matches!(&*flight.carrier, "UA" | "DL") || flight.number < 100);
            assert!(flight.arr_delay.is_some_and(|delay| delay <= 0));
        }
        sizes.push(batch.len());
    }

    let rows: usize = sizes.iter().sum();
    println!("{rows} flights made up more than 45 minutes, in batches of {sizes:?}");
    let counted: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM flights
         WHERE id >= 100000 AND id < 200000 AND (carrier IN ('UA', 'DL') OR flight < 100)
             AND arr_delay <= 0 AND dep_delay - arr_delay > 45",
    )
    .fetch_one(pool)
    .await?;
    assert_eq!(i64::try_from(rows)?, counted);
    Ok(())
}

/// A second iteration continues where the first one stopped.
async fn stop_and_go_on(pool: &SqlitePool) -> Result<(), sqlx_chunked::Error> {
    let boston = || Flight::iter(pool).filter(|f| f.dest.eq("BOS"));
    let whole: Vec<_> = boston().try_collect().await?;

    let mut flights = boston();
    let mut parts = Vec::new();
    while parts.len() < 5_000
        && let Some(flight) = flights.try_next().await?
    {
        parts.push(flight);
    }
    let cursor = flights.cursor().expect("rows were handed out");
    let rest: Vec<_> = boston().batch_size(70).after(cursor).try_collect().await?;
    parts.extend(rest);

    println!("{} flights to Boston, at once and in two parts", whole.len());
    assert_eq!(parts, whole);
    Ok(())
}

/// Several columns can be the order too, in mixed directions and with NULLs, if they cannot tie.
async fn gusts(pool: &SqlitePool) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut hours = Vec::new();
    let mut batches = Weather::batch_iter(pool)
        .order_by(|w| w.wind_gust.desc().then(w.origin.asc()).then(w.time_hour.asc()))
        .batch_size(500);
    while let Some(batch) = batches.try_next().await? {
        hours.extend(batch);
    }

    let Weather { origin, time_hour, wind_gust } = &hours[0];
    println!(
        "{} hours of weather, the windiest at {origin}, {time_hour}: {wind_gust:?}",
        hours.len()
    );
    let ordered: Vec<Weather> = sqlx::query_as(
        "SELECT origin, time_hour, wind_gust FROM weather ORDER BY wind_gust DESC, origin, time_hour",
    )
    .fetch_all(pool)
    .await?;
    assert_eq!(hours, ordered);
    Ok(())
}
