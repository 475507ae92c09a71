//! Reads every flight with its airline, plane, weather and destination, in a handful of queries a
//! batch; then the airlines, each with its flights of one day.

use std::{cmp::Reverse, collections::BTreeMap, error::Error, time::Instant};

use futures_util::TryStreamExt;
use indicatif::{HumanBytes, HumanCount};
use sqlx::{FromRow, SqlitePool};
use sqlx_chunked::Chunked;
use sqlx_chunked_examples::{flights, memory::Watch, queries::Count};

/// The table has no foreign keys: some planes, hours and airports are missing in the others.
#[derive(Debug, Chunked)]
#[chunked(table = "flights")]
struct Flight {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    carrier: String,
    tailnum: Option<String>,
    origin: String,
    time_hour: String,
    dest: String,
    /// In minutes; NULL if the flight was cancelled.
    dep_delay: Option<i32>,
}

#[derive(Debug, Chunked)]
#[chunked(table = "airlines")]
struct Airline {
    #[chunk_key]
    #[chunked(primary_key)]
    carrier: String,
    name: String,
}

#[derive(Debug, Chunked)]
#[chunked(table = "planes")]
struct Plane {
    #[chunk_key]
    #[chunked(primary_key)]
    tailnum: String,
    seats: u32,
}

#[derive(Debug, Chunked)]
#[chunked(table = "weather")]
struct Weather {
    #[chunk_key]
    #[chunked(primary_key)]
    origin: String,
    #[chunk_key]
    #[chunked(primary_key)]
    time_hour: String,
    /// In miles an hour.
    wind_speed: Option<f64>,
}

#[derive(Debug, Chunked)]
#[chunked(table = "airports")]
struct Airport {
    #[chunk_key]
    #[chunked(primary_key)]
    faa: String,
    /// Its time zone: New York's is -5.
    tz: i32,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let pool = flights::open().await?;
    every_flight(&pool).await?;
    day_of_the_blizzard(&pool).await?;
    Ok(())
}

/// The sums over the flights of one airline.
#[derive(Debug, Default, PartialEq, FromRow)]
struct Sums {
    airline: String,
    flights: u32,
    with_plane: u32,
    seats: u32,
    with_weather: u32,
    in_wind: u32,
    delay_in_wind: i32,
    with_airport: u32,
    other_zone: u32,
}

async fn every_flight(pool: &SqlitePool) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut airlines = BTreeMap::new();
    let (mut read, mut keys) = (0, 0);
    let memory = Watch::start();
    let queries = Count::start();
    let start = Instant::now();

    let mut batches = Flight::batch_iter(pool)
        .with_one::<Airline>(|flight| flight.carrier)
        .with_optional::<Plane>(|flight| flight.tailnum)
        .with_optional::<Weather>(|flight| (flight.origin, flight.time_hour))
        .with_optional::<Airport>(|flight| flight.dest);
    while let Some(batch) = batches.try_next().await? {
        read += 1;
        for (flight, airline, plane, weather, airport) in batch {
            keys += 3 + u64::from(flight.tailnum.is_some());
            assert_eq!(airline.carrier, flight.carrier);
            let sums = airlines
                .entry(flight.carrier)
                .or_insert_with(|| Sums { airline: airline.name.clone(), ..Sums::default() });
            sums.flights += 1;
            if let Some(plane) = plane {
                assert_eq!(flight.tailnum.as_ref(), Some(&plane.tailnum));
                sums.with_plane += 1;
                sums.seats += plane.seats;
            }
            if let Some(weather) = weather {
                assert_eq!(weather.origin, flight.origin);
                assert_eq!(weather.time_hour, flight.time_hour);
                sums.with_weather += 1;
                if let Some(delay) = flight.dep_delay.filter(|_| weather.wind_speed > Some(20.0)) {
                    sums.in_wind += 1;
                    sums.delay_in_wind += delay;
                }
            }
            if let Some(airport) = airport {
                assert_eq!(airport.faa, flight.dest);
                sums.with_airport += 1;
                sums.other_zone += u32::from(airport.tz != -5);
            }
        }
    }

    let time = start.elapsed();
    let sent = queries.sent();
    let peak = memory.and_then(|watch| watch.peak());
    let airlines: Vec<_> = airlines.into_values().collect();
    print_airlines(&airlines);
    let key_by_key = HumanCount(read + keys);
    println!("\nqueries  {} for {read} batches; with one per key, {key_by_key}", HumanCount(sent));
    println!("time     {time:.2?}");
    if let Some(peak) = peak {
        println!("memory   {} more than before, at the peak", HumanBytes(peak.growth));
    }

    // One query for the flights of each batch, and one for each of the four relations.
    assert_eq!(sent, read * 5);
    let joined: Vec<Sums> = sqlx::query_as(
        "SELECT airlines.name AS airline, count(*) AS flights,
                count(planes.tailnum) AS with_plane, sum(planes.seats) AS seats,
                count(weather.origin) AS with_weather,
                count(dep_delay) FILTER (WHERE wind_speed > 20) AS in_wind,
                sum(dep_delay) FILTER (WHERE wind_speed > 20) AS delay_in_wind,
                count(faa) AS with_airport, count(*) FILTER (WHERE tz <> -5) AS other_zone
         FROM flights JOIN airlines USING (carrier) LEFT JOIN planes USING (tailnum)
             LEFT JOIN weather USING (origin, time_hour) LEFT JOIN airports ON faa = dest
         GROUP BY carrier ORDER BY carrier",
    )
    .fetch_all(pool)
    .await?;
    assert_eq!(airlines, joined);
    Ok(())
}

/// Prints means of the largest airlines, and what is unknown about the flights of all.
fn print_airlines(airlines: &[Sums]) {
    let mut largest: Vec<_> = airlines.iter().collect();
    largest.sort_by_key(|of| Reverse(of.flights));
    let mean = |sum: f64, number: u32| sum / f64::from(number);
    let count = |of: fn(&Sums) -> u32| HumanCount(airlines.iter().map(of).sum::<u32>().into());

    println!("Flights from New York City in 2013, and how many minutes late they left in wind\n");
    println!("{:28}{:>8}{:>8}{:>8}{:>18}", "", "flights", "seats", "late", "other time zone");
    for of in &largest[..5] {
        println!(
            "{:28}{:>8}{:>8.0}{:>8.0}{:>16.0} %",
            of.airline,
            HumanCount(of.flights.into()).to_string(),
            mean(of.seats.into(), of.with_plane),
            mean(of.delay_in_wind.into(), of.in_wind),
            100.0 * mean(of.other_zone.into(), of.with_airport),
        );
    }
    println!(
        "\nOf all {} flights, {} have no known plane, {} no weather, {} no airport",
        count(|of| of.flights),
        count(|of| of.flights - of.with_plane),
        count(|of| of.flights - of.with_weather),
        count(|of| of.flights - of.with_airport),
    );
}

/// The airlines, each with its flights of 8 February, when half of all were cancelled.
async fn day_of_the_blizzard(pool: &SqlitePool) -> Result<(), Box<dyn Error + Send + Sync>> {
    // A day in New York, in UTC.
    let (first, last) = ("2013-02-08T05:00:00Z", "2013-02-09T04:00:00Z");
    let queries = Count::start();
    let airlines: Vec<_> = Airline::iter(pool)
        .with_many_as::<Flight>(
            |flight| flight.carrier,
            |flights| {
                flights
                    .filter(|f| f.time_hour.between(first, last))
                    .order_by(|f| f.dep_delay.desc())
            },
        )
        .try_collect()
        .await?;
    let sent = queries.sent();

    println!("\nThe blizzard of 8 February, in {sent} queries");
    let mut read = Vec::new();
    for (airline, flights) in &airlines {
        let cancelled = flights.iter().filter(|flight| flight.dep_delay.is_none()).count();
        if cancelled > 50 {
            println!("{:28}{cancelled:>8} of {} cancelled", airline.name, flights.len());
        }
        read.extend(flights.iter().map(|flight| (airline.name.clone(), flight.id)));
    }

    assert_eq!((airlines.len(), sent), (16, 2));
    let joined: Vec<(String, i64)> = sqlx::query_as(
        "SELECT name, id FROM airlines JOIN flights USING (carrier)
         WHERE time_hour BETWEEN ? AND ? ORDER BY carrier, dep_delay DESC, id",
    )
    .bind(first)
    .bind(last)
    .fetch_all(pool)
    .await?;
    assert_eq!(read, joined);
    Ok(())
}
