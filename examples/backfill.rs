//! Fills a new column of the flights: computed in Rust and written in each batch's transaction, by a
//! process that is killed half-way, and by another one that goes on from its checkpoint; then the same by
//! `update` in SQL, to compare what both cost.

use std::{
    env,
    error::Error,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use futures_util::TryStreamExt;
use indicatif::HumanCount;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};
use sqlx_chunked::{BatchIter, Checkpoints, Chunked, Open, OpenTransaction};
use sqlx_chunked_examples::flights;

/// The flights are copied into a table of their own, so that the other examples still have them.
const COPY: &str = "flights_to_fill";

/// The argument of the process that fills them.
const WORKER: &str = "fill";

type AnyError = Box<dyn Error + Send + Sync>;

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

fn checkpoints() -> Checkpoints {
    Checkpoints::new("chunked_checkpoints")
}

impl Flight {
    /// The speed in miles per hour, as far as it is known.
    fn miles_per_hour(&self) -> Option<i64> {
        Some(self.distance * 60 / self.air_time?)
    }
}

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let pool = flights::open().await?;
    if env::args().nth(1).as_deref() == Some(WORKER) {
        return fill(&pool).await;
    }
    sqlx::raw_sql(
        "DROP TABLE IF EXISTS flights_to_fill;
         DROP TABLE IF EXISTS chunked_checkpoints;
         CREATE TABLE flights_to_fill
             (id INTEGER PRIMARY KEY, distance INTEGER NOT NULL, air_time INTEGER, speed INTEGER) STRICT;
         INSERT INTO flights_to_fill SELECT id, distance, air_time, NULL FROM flights",
    )
    .execute(&pool)
    .await?;
    let flown = unfilled(&pool).count().await?;

    let started = Instant::now();
    let mut worker = start()?;
    while filled(&pool).await? < flown / 2 {
        thread::sleep(Duration::from_millis(5));
    }
    worker.kill()?;
    assert!(!worker.wait()?.success(), "it was killed in the middle");
    let first = filled(&pool).await?;
    assert!(start()?.wait()?.success());
    println!(
        "in Rust: {} flights filled in {:.1?}, by another process after {}",
        HumanCount(filled(&pool).await?),
        started.elapsed(),
        HumanCount(first),
    );
    check(&pool, flown).await?;

    sqlx::query("UPDATE flights_to_fill SET speed = NULL").execute(&pool).await?;
    let started = Instant::now();
    let writes = unfilled(&pool).update(|f| {
        f.speed.set_sql(|q| {
            q.push("distance * 60 / air_time");
        })
    });
    let written = writes.total().await?;
    println!("in SQL: {} flights filled in {:.1?}", HumanCount(written), started.elapsed());
    check(&pool, flown).await?;

    sqlx::raw_sql("DROP TABLE flights_to_fill; DROP TABLE chunked_checkpoints")
        .execute(&pool)
        .await?;
    Ok(())
}

fn start() -> std::io::Result<Child> {
    Command::new(env::current_exe()?).arg(WORKER).spawn()
}

/// Fills the flights from where an earlier process was killed.
async fn fill(pool: &SqlitePool) -> Result<(), AnyError> {
    checkpoints().create(pool).await?;
    let mut checkpoint = checkpoints().open::<Flight, _>(pool, "speeds").await?;
    let mut flights = unfilled(pool).resume(checkpoint.cursor()).transactional();
    while let Some(Open { batch, mut transaction, .. }) = flights.try_next().await? {
        write_speeds(&mut transaction, &batch).await?;
        // With the speeds, or not at all.
        checkpoint.save(&mut *transaction, &batch.cursor()).await?;
        transaction.commit().await?;
    }
    checkpoint.finish(pool).await?;
    Ok(())
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

async fn filled(pool: &SqlitePool) -> Result<u64, sqlx::Error> {
    let filled = sqlx::query_scalar("SELECT COUNT(speed) FROM flights_to_fill");
    let filled: i64 = filled.fetch_one(pool).await?;
    Ok(filled.unsigned_abs())
}

/// Asks the database, in words of its own, whether every flight is as it should be.
async fn check(pool: &SqlitePool, flown: u64) -> Result<(), sqlx::Error> {
    let wrong = "SELECT COUNT(*) FROM flights_to_fill WHERE speed IS NOT distance * 60 / air_time";
    assert_eq!(sqlx::query_scalar::<_, i64>(wrong).fetch_one(pool).await?, 0);
    assert_eq!(filled(pool).await?, flown);
    Ok(())
}
