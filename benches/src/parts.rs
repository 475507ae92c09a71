//! Parts: what the cut costs beside a `SELECT COUNT(*)`, and how much faster several workers are than one.

use std::{
    hint::{black_box, spin_loop},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use futures_util::TryStreamExt as _;
use sqlx::{
    ColumnIndex, Decode, Executor, IntoArguments, MySql, Pool, Postgres, Row as _, Sqlite, Type,
    pool::PoolOptions,
};
use sqlx_chunked::{Backend, Chunked, Part, ReadRow, Source};

use crate::{
    BATCH, Error,
    args::Options,
    data::Data,
    database::Kind,
    report::{self, Ratio},
    targets,
};

/// More than there are workers, so that all have something to do until the end.
const PARTS: usize = 16;

const WORKERS: [usize; 3] = [1, 2, 4];

/// What a worker does with each row.
const WORK: Duration = Duration::from_micros(5);

#[derive(Chunked)]
#[chunked(table = "chunked_bench_entries")]
struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    headline: String,
}

/// The times of one round.
struct Round {
    count: Duration,
    cut: Duration,
    /// For each number of workers.
    work: Vec<Duration>,
}

/// Measures, and prints the tables.
pub(crate) async fn compare(options: &Options) -> Result<(), Error> {
    println!("\n{} rows, {PARTS} parts, {} rounds\n", options.rows, options.rounds);
    let mut ratios = Vec::new();
    for kind in Kind::ALL {
        let Ok(server) = kind.server() else { continue };
        if !options.on.is_empty() && !options.on.contains(&kind) {
            continue;
        }
        let on = kind.name();
        eprintln!("{on}: building {} rows", options.rows);
        let data = Data::build(kind, server, options.rows).await?;
        let url = &data.database.url;
        let rounds = match kind {
            Kind::Sqlite => rounds::<Sqlite>(url, "ANALYZE", options).await?,
            Kind::Postgres => {
                // Both by one process of the server, and by the index alone.
                let alone = "VACUUM ANALYZE chunked_bench_entries";
                let url = &format!("{url}?options=-c%20max_parallel_workers_per_gather%3D0");
                rounds::<Postgres>(url, alone, options).await?
            }
            Kind::MySql => {
                rounds::<MySql>(url, "ANALYZE TABLE chunked_bench_entries", options).await?
            }
        };
        let mut ratio = |what, against, measured: &dyn Fn(&Round) -> f64, target| {
            let measured = rounds.iter().map(measured).collect();
            ratios.push(Ratio { on, what, against, measured, unit: "×", target });
        };
        ratio(
            "the time of the cut",
            "SELECT COUNT(*)",
            &|r| r.cut.div_duration_f64(r.count),
            targets::CUT,
        );
        ratio("2 workers", "1 worker", &|r| r.work[0].div_duration_f64(r.work[1]), targets::NONE);
        ratio("4 workers", "1 worker", &|r| r.work[0].div_duration_f64(r.work[2]), targets::NONE);
        data.remove().await?;
    }
    println!("{}", report::ratios(&ratios));
    Ok(())
}

/// Prepares the table, and measures it in several rounds.
async fn rounds<DB>(
    url: &str,
    prepare: &'static str,
    options: &Options,
) -> Result<Vec<Round>, Error>
where
    DB: Backend,
    Entry: ReadRow<DB>,
    for<'p> &'p Pool<DB>: Source<'p, Database = DB> + Executor<'p, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'r> i64: Decode<'r, DB> + Type<DB>,
    usize: ColumnIndex<DB::Row>,
{
    let pool = PoolOptions::<DB>::new().connect(url).await?;
    pool.execute(prepare).await?;
    let mut rounds = Vec::new();
    for round in 1..=options.rounds {
        eprintln!("round {round} of {}", options.rounds);
        let started = Instant::now();
        let counted = pool.fetch_one("SELECT COUNT(*) FROM chunked_bench_entries").await?;
        let count = started.elapsed();
        let counted: i64 = counted.try_get(0)?;

        let started = Instant::now();
        let parts = Entry::iter(&pool).parts(PARTS).await?;
        let cut = started.elapsed();

        let mut work = Vec::new();
        for workers in WORKERS {
            let started = Instant::now();
            let read = work_on::<DB>(url, &parts, workers)?;
            work.push(started.elapsed());
            if i64::try_from(read)? != counted {
                return Err(format!("{workers} workers: {read} rows of {counted}").into());
            }
        }
        rounds.push(Round { count, cut, work });
    }
    Ok(rounds)
}

/// Has workers take the parts, each in a thread and with a connection of its own.
fn work_on<DB>(url: &str, parts: &[Part<Entry>], workers: usize) -> Result<u64, Error>
where
    DB: Backend,
    Entry: ReadRow<DB>,
    for<'p> &'p Pool<DB>: Source<'p, Database = DB>,
{
    let queue = Arc::new(Mutex::new(parts.to_vec()));
    thread::scope(|scope| {
        let worker = || {
            let queue = Arc::clone(&queue);
            scope.spawn(move || -> Result<u64, Error> {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                runtime.block_on(async {
                    let pool = PoolOptions::<DB>::new().max_connections(1).connect(url).await?;
                    let mut rows = 0;
                    loop {
                        let part = queue.lock().map_err(|_| "a worker panicked")?.pop();
                        let Some(part) = part else { return Ok(rows) };
                        rows += read(&pool, part).await?;
                    }
                })
            })
        };
        let workers: Vec<_> = (0..workers).map(|_| worker()).collect();
        let mut rows = 0;
        for worker in workers {
            rows += worker.join().map_err(|_| "a worker panicked")??;
        }
        Ok(rows)
    })
}

/// Reads the rows of a part, and works on each.
async fn read<DB>(pool: &Pool<DB>, part: Part<Entry>) -> Result<u64, Error>
where
    DB: Backend,
    Entry: ReadRow<DB>,
    for<'p> &'p Pool<DB>: Source<'p, Database = DB>,
{
    let mut batches = Entry::batch_iter(pool).batch_size(BATCH).part(part);
    let mut rows = 0;
    while let Some(batch) = batches.try_next().await? {
        for entry in &batch {
            black_box((entry.id, &entry.headline));
            let started = Instant::now();
            while started.elapsed() < WORK {
                spin_loop();
            }
            rows += 1;
        }
    }
    Ok(rows)
}
