//! Reads every flight that left New York City in 2013, in batches, and shows how late each airline
//! was.

use std::{
    collections::{BTreeMap, HashMap},
    error::Error,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use indicatif::{HumanBytes, HumanCount, HumanFloatCount};
use sqlx::SqlitePool;
use sqlx_chunked::Chunked;
use sqlx_chunked_examples::{
    flights,
    memory::{Peak, Watch},
};

#[derive(Debug, Chunked)]
#[chunked(table = "flights")]
struct Flight {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    time_hour: DateTime<Utc>,
    carrier: String,
    #[chunked(rename = "flight")]
    number: i32,
    origin: String,
    dest: String,
    dep_time: Option<i32>,
    arr_delay: Option<i32>,
}

#[derive(Debug, Chunked)]
#[chunked(table = "airlines")]
struct Airline {
    #[chunk_key]
    #[chunked(primary_key)]
    carrier: String,
    name: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let pool = flights::open().await?;
    let airlines: HashMap<_, _> = Airline::iter(&pool)
        .map_ok(|airline| (airline.carrier, airline.name))
        .try_collect()
        .await?;

    let reading = read(&pool).await?;
    check(&pool, &reading).await?;
    print_airlines(&reading, &airlines);
    print_reading(&reading, flights::table_size(&pool, "flights").await?);
    Ok(())
}

/// The findings about the flights, and the cost of reading them.
#[derive(Debug, Default)]
struct Reading {
    carriers: BTreeMap<String, Delays>,
    latest: Option<Flight>,
    rows: u32,
    batches: u32,
    first_row: Duration,
    time: Duration,
    memory: Option<Peak>,
}

/// The flights of one airline. The delays are in minutes, negative for an early arrival.
#[derive(Debug, Default)]
struct Delays {
    flights: u32,
    cancelled: u32,
    /// The number of flights that arrived with each delay.
    counts: BTreeMap<i32, u32>,
}

async fn read(pool: &SqlitePool) -> Result<Reading, sqlx_chunked::Error> {
    let mut reading = Reading::default();
    let mut last = 0;
    let memory = Watch::start();
    let start = Instant::now();

    let mut batches = Flight::batch_iter(pool);
    while let Some(batch) = batches.try_next().await? {
        if reading.batches == 0 {
            reading.first_row = start.elapsed();
        }
        reading.batches += 1;
        for flight in batch {
            assert!(flight.id > last, "flight {} came after {last}", flight.id);
            last = flight.id;
            reading.add(flight);
        }
    }

    reading.time = start.elapsed();
    reading.memory = memory.and_then(|watch| watch.peak());
    Ok(reading)
}

impl Reading {
    fn add(&mut self, flight: Flight) {
        self.rows += 1;
        match self.carriers.get_mut(&flight.carrier) {
            Some(delays) => delays.add(&flight),
            None => self.carriers.entry(flight.carrier.clone()).or_default().add(&flight),
        }
        if flight.arr_delay > self.latest.as_ref().and_then(|latest| latest.arr_delay) {
            self.latest = Some(flight);
        }
    }
}

impl Delays {
    fn add(&mut self, flight: &Flight) {
        self.flights += 1;
        self.cancelled += u32::from(flight.dep_time.is_none());
        if let Some(delay) = flight.arr_delay {
            *self.counts.entry(delay).or_default() += 1;
        }
    }

    fn arrived(&self) -> u32 {
        self.counts.values().sum()
    }

    fn late(&self) -> u32 {
        self.counts.range(16..).map(|(_, flights)| flights).sum()
    }

    fn total(&self) -> f64 {
        self.counts.iter().map(|(&delay, &flights)| f64::from(delay) * f64::from(flights)).sum()
    }

    /// Returns the smallest delay that this percentage of the arrivals did not exceed.
    fn percentile(&self, percent: u32) -> i32 {
        let wanted = (self.arrived() * percent).div_ceil(100);
        let mut seen = 0;
        let reached = self.counts.iter().find(|(_, flights)| {
            seen += **flights;
            seen >= wanted
        });
        reached.map_or(0, |(&delay, _)| delay)
    }
}

/// Compares with what the database counts by itself.
async fn check(pool: &SqlitePool, reading: &Reading) -> sqlx::Result<()> {
    let counted: Vec<(String, u32, u32, u32, u32, f64)> = sqlx::query_as(
        "SELECT carrier, count(*), sum(dep_time IS NULL), count(arr_delay), sum(arr_delay > 15),
                CAST(sum(arr_delay) AS REAL)
         FROM flights GROUP BY carrier ORDER BY carrier",
    )
    .fetch_all(pool)
    .await?;
    let read: Vec<_> = reading
        .carriers
        .iter()
        .map(|(carrier, of)| {
            (carrier.clone(), of.flights, of.cancelled, of.arrived(), of.late(), of.total())
        })
        .collect();
    assert_eq!(read, counted);
    assert_eq!(reading.rows, flights::FLIGHTS);
    Ok(())
}

fn print_airlines(reading: &Reading, airlines: &HashMap<String, String>) {
    let share = |part: u32, of: u32| 100.0 * f64::from(part) / f64::from(of);
    let mut carriers: Vec<_> = reading.carriers.iter().collect();
    carriers.sort_by(|(_, a), (_, b)| {
        share(b.late(), b.arrived()).total_cmp(&share(a.late(), a.arrived()))
    });

    println!("Flights from New York City in 2013, and how many minutes late they arrived\n");
    println!(
        "{:28}{:>8}{:>11}{:>8}{:>8}{:>8}{:>16}",
        "", "flights", "cancelled", "mean", "median", "90 %", "over 15 min"
    );
    for (carrier, delays) in carriers {
        println!(
            "{:28}{:>8}{:>9.1} %{:>8.1}{:>8}{:>8}{:>14.1} %",
            airlines[carrier],
            HumanCount(delays.flights.into()).to_string(),
            share(delays.cancelled, delays.flights),
            delays.total() / f64::from(delays.arrived()),
            delays.percentile(50),
            delays.percentile(90),
            share(delays.late(), delays.arrived()),
        );
    }
    if let Some(Flight {
        carrier, number, origin, dest, time_hour, arr_delay: Some(delay), ..
    }) = &reading.latest
    {
        println!(
            "\nThe latest of all: {} {number} from {origin} to {dest}, {}, by {} minutes",
            airlines[carrier],
            time_hour.format("%-d %B"),
            HumanCount(delay.unsigned_abs().into()),
        );
    }
}

fn print_reading(reading: &Reading, table: u64) {
    let rows = f64::from(reading.rows);
    let rate = HumanFloatCount((rows / reading.time.as_secs_f64()).round());
    println!("\nrows     {} in {} batches", HumanFloatCount(rows), reading.batches);
    println!("time     {:.2?}, the first row after {:.2?}", reading.time, reading.first_row);
    println!("         {rate} rows a second");
    match reading.memory {
        Some(Peak { total, growth }) => println!(
            "memory   {} at the peak, {} more than before",
            HumanBytes(total),
            HumanBytes(growth)
        ),
        None => println!("memory   n/a on this system"),
    }
    println!("         {} for the whole table", HumanBytes(table));
    if cfg!(debug_assertions) {
        println!("\nA development build: it is faster with --release.");
    }
}
