//! Deletes the flights of a month, batch by batch, while somebody else reads the table; then another
//! month by one statement, to compare how long each keeps others from writing.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use futures_util::TryStreamExt;
use indicatif::HumanCount;
use sqlx::SqlitePool;
use sqlx_chunked::{BatchIter, Chunked};
use sqlx_chunked_examples::flights;

/// The flights are copied into a table of their own, so that the other examples still have them.
const COPY: &str = "flights_to_purge";

#[derive(Debug, Chunked)]
#[chunked(table = "flights")]
struct Flight {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    month: i64,
}

type Flights = BatchIter<'static, Flight, sqlx::Sqlite>;

fn copied(pool: &SqlitePool) -> Flights {
    Flight::batch_iter(pool).table(COPY)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let pool = flights::open().await?;
    sqlx::raw_sql(
        "DROP TABLE IF EXISTS flights_to_purge;
         CREATE TABLE flights_to_purge (id INTEGER PRIMARY KEY, month INTEGER NOT NULL) STRICT;
         INSERT INTO flights_to_purge SELECT id, month FROM flights",
    )
    .execute(&pool)
    .await?;

    let january = copied(&pool).filter(|f| f.month.eq(1)).count().await?;
    let others = copied(&pool).filter(|f| f.month.ne(1)).count().await?;
    let reader = tokio::spawn(read(copied(&pool)));

    let started = Instant::now();
    let mut writes = copied(&pool).filter(|f| f.month.eq(1)).batch_size(5_000).delete();
    let (mut gone, mut longest) = (0, Duration::ZERO);
    let mut batch_started = Instant::now();
    while let Some(written) = writes.try_next().await? {
        gone += written.rows_affected();
        longest = longest.max(batch_started.elapsed());
        batch_started = Instant::now();
    }
    println!(
        "January: {} flights deleted in {:.0?}, the longest batch in {longest:.0?}",
        HumanCount(gone),
        started.elapsed(),
    );
    assert_eq!(gone, january);

    // The reader saw every flight of the other months, and none twice.
    let (read_january, read_others) = reader.await??;
    println!(
        "beside it: {} flights of other months read, and {} of January before they were gone",
        HumanCount(read_others),
        HumanCount(read_january),
    );
    assert_eq!(read_others, others);
    assert!(read_january <= january);

    let started = Instant::now();
    let statement = sqlx::query("DELETE FROM flights_to_purge WHERE month = 2");
    let february = statement.execute(&pool).await?.rows_affected();
    println!(
        "February: {} flights deleted by one statement in {:.0?}",
        HumanCount(february),
        started.elapsed(),
    );

    assert_eq!(copied(&pool).count().await?, others - february);
    sqlx::query("DROP TABLE flights_to_purge").execute(&pool).await?;
    Ok(())
}

/// Returns the number of flights of January, and of the other months.
async fn read(mut flights: Flights) -> Result<(u64, u64), sqlx_chunked::Error> {
    let (mut january, mut others, mut last) = (0, 0, None);
    while let Some(batch) = flights.try_next().await? {
        for flight in &batch {
            assert!(last < Some(flight.id));
            last = Some(flight.id);
            *(if flight.month == 1 { &mut january } else { &mut others }) += 1;
        }
    }
    Ok((january, others))
}
