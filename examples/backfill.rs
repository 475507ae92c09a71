//! Fills a new column of the flights: computed in Rust and written in each batch's transaction, stopping
//! half-way and going on from a cursor; then the same by `update` in SQL, to compare what both cost.

use std::{error::Error, time::Instant};

use futures_util::TryStreamExt;
use indicatif::HumanCount;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};
use sqlx_chunked::{BatchIter, Chunked, Cursor, Open, OpenTransaction};
use sqlx_chunked_examples::flights;

/// The flights are copied into a table of their own, so that the other examples still have them.
const COPY: &str = "flights_to_fill";

#[derive(Debug, Chunked)]
#[chunked(table = "flights")]
struct Flight {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    distance: i64,
    air_time: Option<i64>,
    speed: Option<i64>,
}

type Flights = BatchIter<'static, Flight, Sqlite>;

fn unfilled(pool: &SqlitePool) -> Flights {
    Flight::batch_iter(pool).table(COPY).filter(|f| f.air_time.is_not_null()).batch_size(5_000)
}

impl Flight {
    /// The speed in miles per hour, as far as it is known.
    fn miles_per_hour(&self) -> Option<i64> {
        Some(self.distance * 60 / self.air_time?)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let pool = flights::open().await?;
    sqlx::raw_sql(
        "DROP TABLE IF EXISTS flights_to_fill;
         CREATE TABLE flights_to_fill
             (id INTEGER PRIMARY KEY, distance INTEGER NOT NULL, air_time INTEGER, speed INTEGER) STRICT;
         INSERT INTO flights_to_fill SELECT id, distance, air_time, NULL FROM flights",
    )
    .execute(&pool)
    .await?;
    let flown = unfilled(&pool).count().await?;

    // The program stops after ten batches, in the middle of the next one, and is started again.
    let started = Instant::now();
    let (first, cursor) = fill(unfilled(&pool), Some(10)).await?;
    let (second, _) = fill(unfilled(&pool).resume(cursor), None).await?;
    println!(
        "in Rust: {} flights filled in {:.1?}, begun anew after {}",
        HumanCount(first + second),
        started.elapsed(),
        HumanCount(first),
    );
    assert_eq!(first + second, flown);
    check(&pool).await?;

    sqlx::query("UPDATE flights_to_fill SET speed = NULL").execute(&pool).await?;
    let started = Instant::now();
    let writes = unfilled(&pool).update(|f| {
        f.speed.set_sql(|q| {
            q.push("distance * 60 / air_time");
        })
    });
    let filled = writes.total().await?;
    println!("in SQL: {} flights filled in {:.1?}", HumanCount(filled), started.elapsed());
    assert_eq!(filled, flown);
    check(&pool).await?;

    sqlx::query("DROP TABLE flights_to_fill").execute(&pool).await?;
    Ok(())
}

/// Fills the flights, at most so many batches, and forgets to commit the next one. Returns how many
/// flights were filled, and the position after the last one.
async fn fill(
    flights: Flights,
    batches: Option<usize>,
) -> Result<(u64, Option<Cursor<Flight>>), Box<dyn Error + Send + Sync>> {
    let mut flights = flights.transactional();
    let (mut filled, mut done) = (0, 0);
    while let Some(Open { batch, mut transaction, .. }) = flights.try_next().await? {
        write_speeds(&mut transaction, &batch).await?;
        if Some(done) == batches {
            break;
        }
        transaction.commit().await?;
        filled += batch.len() as u64;
        done += 1;
    }
    Ok((filled, flights.cursor()))
}

async fn write_speeds(
    transaction: &mut OpenTransaction<Sqlite>,
    flights: &[Flight],
) -> Result<(), sqlx::Error> {
    let mut update =
        QueryBuilder::<Sqlite>::new("UPDATE flights_to_fill SET speed = column2 FROM (");
    update.push_values(flights, |mut row, flight| {
        assert_eq!(flight.speed, None, "no flight is filled twice");
        row.push_bind(flight.id).push_bind(flight.miles_per_hour());
    });
    update.push(") WHERE id = column1");
    update.build().persistent(false).execute(&mut **transaction).await?;
    Ok(())
}

/// Asks the database, in words of its own, whether every flight is as it should be.
async fn check(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let wrong = "SELECT COUNT(*) FROM flights_to_fill WHERE speed IS NOT distance * 60 / air_time";
    assert_eq!(sqlx::query_scalar::<_, i64>(wrong).fetch_one(pool).await?, 0);
    Ok(())
}
