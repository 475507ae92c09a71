//! Three workers drain a table of jobs, and each job is done once: on SQLite one batch after the other,
//! by `transactional()`, and on PostgreSQL side by side, by `skip_locked()`, if `POSTGRES_URL` is set.

mod postgres;
mod sqlite;

use std::{env, error::Error, time::Instant};

use indicatif::HumanCount;

type AnyError = Box<dyn Error + Send + Sync>;

/// The number of workers.
const WORKERS: usize = 3;

/// The number of jobs.
const JOBS: i64 = 20_000;

/// The number of jobs that a worker takes at once.
const BATCH: usize = 100;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let started = Instant::now();
    report("SQLite", &sqlite::drain().await?, started);
    match env::var("POSTGRES_URL") {
        Ok(url) => {
            let started = Instant::now();
            report("PostgreSQL", &postgres::drain(&url).await?, started);
        }
        Err(_) => println!("PostgreSQL: left out, as POSTGRES_URL is not set"),
    }
    Ok(())
}

/// Reports how many jobs each worker did.
fn report(database: &str, jobs: &[u64], started: Instant) {
    let jobs: Vec<_> = jobs.iter().map(|jobs| HumanCount(*jobs).to_string()).collect();
    println!("{database}: {} jobs in {:.1?}", jobs.join(" + "), started.elapsed());
}
