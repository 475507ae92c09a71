//! A run: the table is cut, the parts are enqueued, and workers are started, watched and killed.

use std::{
    process,
    time::{Duration, Instant},
};

use indicatif::HumanCount;
use sqlx_chunked::ReadRow;

use crate::{
    AnyError,
    args::Options,
    bars::Bars,
    engine::Engine,
    store::Store,
    work::{Flight, Run},
    workers::Workers,
};

/// How often the checkpoints are looked at.
const TICK: Duration = Duration::from_millis(50);

/// A run that takes longer than this has lost a part.
const PATIENCE: Duration = Duration::from_mins(3);

pub(crate) async fn run<DB: Store>(engine: Engine, options: &Options) -> Result<(), AnyError>
where
    Flight: ReadRow<DB>,
{
    let name = format!("{engine}_{}", process::id()).replace('-', "_");
    let run = Run { name, batch: options.batch };
    let pool = DB::open().await?;
    DB::copy_flights(&pool, &run.table()).await?;
    run.checkpoints().create(&pool).await?;

    // Once: cut again after a restart, the parts would be others.
    let parts = Flight::iter(&pool).table(run.table()).parts(options.parts).await?;
    engine.enqueue(&run, &parts).await?;
    println!("{engine}: {} parts for {} workers", parts.len(), options.workers);

    let started = Instant::now();
    let bars = Bars::new(&parts)?;
    let mut workers = Workers::start(engine, &run, options.workers)?;
    let (mut kills, mut stalls) = (moments(options.kills), moments(options.stalls));
    while !bars.are_full() {
        if started.elapsed() > PATIENCE {
            return Err("a part is lost".into());
        }
        tokio::time::sleep(TICK).await;
        bars.update(&pool, &run, &parts).await?;
        workers.read_along(|line| bars.print(line))?;
        let is_due = |moments: &[f64]| moments.last().is_some_and(|at| *at <= bars.done());
        if is_due(&stalls) && stall_one(&mut workers, &bars)? {
            stalls.pop();
        }
        if is_due(&kills)
            && let Some(part) = kill_one(&mut workers, &bars)?
        {
            // It may have ended its part just before.
            bars.update(&pool, &run, &parts).await?;
            if bars.is_in_the_middle(part) {
                kills.pop();
            }
        }
    }
    let elapsed = started.elapsed();
    let taken_over = workers.taken_over;
    drop(workers);

    let (all, wrong) = DB::check(&pool, &run.table()).await?;
    println!(
        "{engine}: {} flights in {elapsed:.1?}, {taken_over} parts taken over; {wrong} flights are \
         wrong, or were not written exactly once",
        HumanCount(all.unsigned_abs()),
    );
    engine.clean_up(&run).await?;
    DB::clean_up(&pool, &run).await?;
    if wrong > 0 {
        return Err("not every flight was written exactly once".into());
    }
    if !kills.is_empty() || taken_over < options.kills {
        let problem =
            "the parts are too short for so many kills: take fewer parts, or smaller batches";
        return Err(problem.into());
    }
    Ok(())
}

/// Kills a worker in the middle of its part, so that there is something to take over. Returns the part
/// that it worked on.
fn kill_one(workers: &mut Workers, bars: &Bars) -> Result<Option<usize>, AnyError> {
    let Some(number) = busy_one(workers, bars) else { return Ok(None) };
    let part = workers.kill(number, |line| bars.print(line))?;
    if let Some(part) = part {
        bars.print(&format!("worker {number} is killed in the middle of part {part}"));
    }
    Ok(part)
}

/// Stops a worker in the middle of its part for longer than its lease, so that two believe to have it.
/// Returns whether there was one.
fn stall_one(workers: &mut Workers, bars: &Bars) -> Result<bool, AnyError> {
    let Some(number) = busy_one(workers, bars) else { return Ok(false) };
    if let Some(part) = workers.stall(number)? {
        bars.print(&format!("worker {number} is stopped for a while in the middle of part {part}"));
    }
    Ok(true)
}

fn busy_one(workers: &Workers, bars: &Bars) -> Option<usize> {
    fastrand::choice(workers.with_part(|part| bars.is_in_the_middle(part)))
}

/// Returns moments at which that much of a run is done, the last one first.
fn moments(number: usize) -> Vec<f64> {
    let mut moments: Vec<_> = (0..number).map(|_| 0.05 + 0.7 * fastrand::f64()).collect();
    moments.sort_by(|one, other| other.total_cmp(one));
    moments
}
