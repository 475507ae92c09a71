//! Counts up every row of the table `tasks` once, and keeps its position in a checkpoint, so that it can
//! be killed at any moment and started again.
//!
//! `hit URL CHECKPOINT BATCH_SIZE` ends with 3 if another process has opened the checkpoint.

use std::{env, error::Error as StdError, process::ExitCode};

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, MySql, Pool, Postgres, Sqlite};
use sqlx_chunked::{Checkpoints, Chunked, Error, Open};

#[derive(Chunked)]
#[expect(dead_code, reason = "rows are only ordered by it")]
#[chunked(table = "tasks")]
struct Task {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    due: Option<i64>,
}

type AnyError = Box<dyn StdError>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, AnyError> {
    let arguments: Vec<_> = env::args().collect();
    let [_, url, name, batch_size] = arguments.as_slice() else {
        return Err("hit URL CHECKPOINT BATCH_SIZE".into());
    };
    let batch_size = batch_size.parse()?;
    let done = match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("postgres") => on_postgres(url, name, batch_size).await,
        Some("mysql") => on_mysql(url, name, batch_size).await,
        _ => on_sqlite(url, name, batch_size).await,
    };
    match done {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) if is_overtaken(&error) => Ok(ExitCode::from(3)),
        Err(error) => Err(error),
    }
}

fn is_overtaken(error: &AnyError) -> bool {
    matches!(error.downcast_ref::<Error>(), Some(Error::Overtaken { .. }))
}

/// Not generic: the bounds would be longer than the code.
macro_rules! on {
    ($($name:ident: $DB:ty;)+) => {$(
        async fn $name(url: &str, name: &str, batch_size: usize) -> Result<(), AnyError> {
            let pool = Pool::<$DB>::connect(url).await?;
            let checkpoints = Checkpoints::new("kept");
            checkpoints.create(&pool).await?;
            let mut checkpoint = checkpoints.open::<Task, _>(&pool, name).await?;
            let mut batches = Task::batch_iter(&pool)
                .order_by(|t| t.due.desc().then(t.id.asc()))
                .batch_size(batch_size)
                .resume(checkpoint.cursor())
                .transactional();
            while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await? {
                for Task { id, .. } in &batch {
                    let hit = format!("UPDATE tasks SET hits = hits + 1 WHERE id = {id}");
                    sqlx::query(AssertSqlSafe(hit)).execute(&mut *transaction).await?;
                }
                checkpoint.save(&mut *transaction, &batch.cursor()).await?;
                transaction.commit().await?;
            }
            checkpoint.finish(&pool).await?;
            Ok(())
        }
    )+};
}

on! {
    on_sqlite: Sqlite;
    on_postgres: Postgres;
    on_mysql: MySql;
}
