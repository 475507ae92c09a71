//! Parts as tasks of apalis.

use std::{future::ready, process, time::Duration};

use apalis::prelude::*;
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use serde::{Deserialize, Serialize};
use sqlx::{PgPool, Pool, Postgres, Sqlite, SqlitePool};
use sqlx_chunked::{Part, ReadRow, Source};

use super::LEASE;
use crate::{
    AnyError,
    store::{self, Store},
    work::{Flight, Run, work},
};

/// How often an idle worker looks for a task.
const POLL: Duration = Duration::from_millis(50);

/// A task: a part is serialised as its token.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Task {
    part: Part<Flight>,
}

/// A worker that is silent for two heartbeats has lost its task.
const HEARTBEAT: Duration = Duration::from_secs(LEASE.as_secs() / 2);

fn in_sqlite(queue: &SqlitePool, run: &Run) -> SqliteStorage<Task> {
    let config = apalis_sqlite::Config::default()
        // One part at a time: by default a worker takes ten, which the others then lack.
        .batch_size(1)
        .heartbeat_interval(HEARTBEAT)
        .missed_heartbeats(2)
        .queue(&run.name);
    SqliteStorage::new(queue).with_config(config)
}

fn in_postgres(queue: &PgPool, run: &Run) -> PostgresStorage<Task> {
    let config = apalis_postgres::Config::default()
        .batch_size(1)
        .heartbeat_interval(HEARTBEAT)
        .missed_heartbeats(2)
        .queue(&run.name);
    PostgresStorage::new(queue).with_config(config)
}

pub(crate) async fn enqueue_in_sqlite(run: &Run, parts: &[Part<Flight>]) -> Result<(), AnyError> {
    let queue = store::queue().await?;
    SqliteStorage::setup(&queue).await?;
    let mut tasks = in_sqlite(&queue, run);
    for part in parts {
        tasks.push(Task { part: part.clone() }).await?;
    }
    Ok(())
}

pub(crate) async fn enqueue_in_postgres(run: &Run, parts: &[Part<Flight>]) -> Result<(), AnyError> {
    let queue = Postgres::open().await?;
    PostgresStorage::setup(&queue).await?;
    let mut tasks = in_postgres(&queue, run);
    for part in parts {
        tasks.push(Task { part: part.clone() }).await?;
    }
    Ok(())
}

pub(crate) async fn work_in_sqlite(run: Run) -> Result<(), AnyError> {
    let tasks = in_sqlite(&store::queue().await?, &run).poll_with_interval(POLL);
    let worker = WorkerBuilder::new(name()).backend(tasks).concurrency(1);
    let worker = worker.data(Sqlite::open().await?).data(run);
    worker.build(handle::<Sqlite>).run().await?;
    Ok(())
}

pub(crate) async fn work_in_postgres(run: Run) -> Result<(), AnyError> {
    let pool = Postgres::open().await?;
    let tasks = in_postgres(&pool, &run).poll_with_interval(POLL);
    let worker = WorkerBuilder::new(name()).backend(tasks).concurrency(1).data(pool).data(run);
    worker.build(handle::<Postgres>).run().await?;
    Ok(())
}

/// No two workers have the same name.
fn name() -> String {
    format!("worker-{}", process::id())
}

/// Works on a part. After an error the task is tried again. apalis renews the lease by itself, for the
/// whole process: a part that another worker has taken over is that one's to end.
async fn handle<DB: Store>(
    task: Task,
    pool: Data<Pool<DB>>,
    run: Data<Run>,
) -> Result<(), BoxDynError>
where
    Flight: ReadRow<DB>,
    for<'c> &'c mut DB::Connection: Source<'c, Database = DB>,
{
    work(&pool, &run, task.part, || ready(Ok::<_, AnyError>(()))).await?;
    Ok(())
}
