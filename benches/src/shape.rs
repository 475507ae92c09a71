//! The spread of time over one iteration.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use sqlx::{MySql, Pool, Postgres, Sqlite};
use sqlx_chunked::{Backend, Chunked, ReadRow};

use crate::{
    Error,
    database::{Database, Kind},
    entry::{Entry, Text, Time},
    samples::Samples,
};

/// Measurements of our own iterators, on `&Pool`, in each round.
#[derive(Default)]
pub(crate) struct Shape {
    /// The cost of a batch at the end, as a multiple of its cost at the start.
    pub(crate) end_to_start: Samples,
    /// The time to the first row of `iter`, as a multiple of that to the first batch of
    /// `batch_iter`.
    pub(crate) first_row: Samples,
}

/// The number of batches at the start, and of those at the end.
const EDGE: usize = 10;

/// A single beginning of an iteration is too short to time.
const BEGINNINGS: usize = 50;

impl Shape {
    pub(crate) async fn measure(database: &Database, rounds: usize) -> Result<Self, Error> {
        match database.kind {
            Kind::Sqlite => Self::of::<Sqlite, Text>(&database.url, rounds).await,
            Kind::Postgres => Self::of::<Postgres, Time>(&database.url, rounds).await,
            Kind::MySql => Self::of::<MySql, Time>(&database.url, rounds).await,
        }
    }

    async fn of<DB, C>(url: &str, rounds: usize) -> Result<Self, Error>
    where
        DB: Backend,
        C: Send + 'static,
        Entry<C>: ReadRow<DB>,
    {
        let pool = Pool::connect(url).await?;
        // A warm-up, as in the race.
        batches::<DB, C>(&pool).await?;
        let mut shape = Self::default();
        for _ in 0..rounds {
            let times = batches::<DB, C>(&pool).await?;
            let edge = EDGE.min(times.len());
            let (start, end) = (&times[..edge], &times[times.len() - edge..]);
            shape.end_to_start.push(median(end) / median(start));

            let (mut rows, mut batches) = (Vec::new(), Vec::new());
            for _ in 0..BEGINNINGS {
                let start = Instant::now();
                let mut entries = <Entry<C> as Chunked>::iter(&pool);
                let _row = entries.try_next().await?;
                rows.push(start.elapsed());
                // Not timed: this drops the rest of the batch, and ends a database session.
                drop(entries);
                let start = Instant::now();
                let mut of_batches = <Entry<C> as Chunked>::batch_iter(&pool);
                let _batch = of_batches.try_next().await?;
                batches.push(start.elapsed());
            }
            shape.first_row.push(median(&rows) / median(&batches));
        }
        pool.close().await;
        Ok(shape)
    }
}

/// Reads the table, and times each batch.
async fn batches<DB, C>(pool: &Pool<DB>) -> Result<Vec<Duration>, Error>
where
    DB: Backend,
    C: Send + 'static,
    Entry<C>: ReadRow<DB>,
{
    let mut times = Vec::new();
    let mut batches = <Entry<C> as Chunked>::batch_iter(pool);
    let mut start = Instant::now();
    while let Some(batch) = batches.try_next().await? {
        times.push(start.elapsed());
        drop(batch);
        start = Instant::now();
    }
    Ok(times)
}

fn median(times: &[Duration]) -> f64 {
    times.iter().copied().collect::<Samples>().median()
}
