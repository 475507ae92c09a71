//! The peak memory of a process that does nothing but read.

use std::{env, fs, process::Command};

use futures_util::TryStreamExt;
use sqlx::{MySql, Pool, Postgres, Sqlite};
use sqlx_chunked::{Backend, Chunked, ReadRow};

use crate::{
    Error, args,
    database::{Database, Kind},
    entry::{Entry, Text, Time, Totals},
    samples::Samples,
};

const MIB: f64 = 1024.0;

/// Measures in each round how many MiB more a process takes at its peak if it reads all rows
/// instead of a tenth of them.
pub(crate) fn growth(database: &Database, rows: u32, rounds: usize) -> Result<Samples, Error> {
    (0..rounds)
        .map(|_| {
            let few = peak(database, u64::from(rows / 10))?;
            let many = peak(database, u64::from(rows))?;
            Ok((many - few) / MIB)
        })
        .collect()
}

/// Returns the peak of a separate process, in KiB.
fn peak(database: &Database, rows: u64) -> Result<f64, Error> {
    let child =
        Command::new(env::current_exe()?).args(args::peak_memory(database, rows)).output()?;
    if !child.status.success() {
        return Err(String::from_utf8_lossy(&child.stderr).into());
    }
    Ok(String::from_utf8(child.stdout)?.trim().parse()?)
}

/// Runs in that process.
pub(crate) async fn print_peak(database: &Database, rows: u64) -> Result<(), Error> {
    match database.kind {
        Kind::Sqlite => read::<Sqlite, Text>(&database.url, rows).await?,
        Kind::Postgres => read::<Postgres, Time>(&database.url, rows).await?,
        Kind::MySql => read::<MySql, Time>(&database.url, rows).await?,
    }
    // proc(5): the most that was resident at once, "VmHWM:   12345 kB".
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB"));
    println!("{}", peak.ok_or("this system does not tell the peak of a process")?.trim());
    Ok(())
}

async fn read<DB, C>(url: &str, rows: u64) -> Result<(), Error>
where
    DB: Backend,
    C: Send + 'static,
    Entry<C>: ReadRow<DB>,
{
    let pool = Pool::connect(url).await?;
    let mut totals = Totals::default();
    let mut batches = <Entry<C> as Chunked>::batch_iter(&pool).limit(rows);
    while let Some(batch) = batches.try_next().await? {
        totals.extend(&batch);
    }
    if totals.rows == rows { Ok(()) } else { Err(format!("read {} rows", totals.rows).into()) }
}
