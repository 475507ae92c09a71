//! The queue on SQLite: the transaction of a batch is the only one that may write, so nobody else has its
//! jobs.

use std::time::Duration;

use futures_util::{TryStreamExt, future::try_join_all};
use sqlx::{AssertSqlSafe, SqlitePool, sqlite::SqlitePoolOptions};
use sqlx_chunked::{Chunked, Open};

use crate::{AnyError, BATCH, JOBS, WORKERS};

#[derive(Chunked)]
#[chunked(table = "jobs")]
struct Job {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    done: i64,
}

/// Drains a queue. Returns how many jobs each worker did.
pub(crate) async fn drain() -> Result<Vec<u64>, AnyError> {
    let file = std::env::temp_dir().join(format!("sqlx-chunked-queue-{}.db", std::process::id()));
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true)
        .busy_timeout(Duration::from_mins(1));
    let pool = SqlitePoolOptions::new().connect_with(options).await?;
    let setup = format!(
        "CREATE TABLE jobs (id INTEGER PRIMARY KEY, done INTEGER NOT NULL) STRICT;
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {JOBS})
         INSERT INTO jobs SELECT i, 0 FROM n"
    );
    sqlx::raw_sql(AssertSqlSafe(setup)).execute(&pool).await?;

    let jobs = try_join_all((0..WORKERS).map(|_| work(&pool))).await?;
    assert_eq!(i64::try_from(jobs.iter().sum::<u64>())?, JOBS);
    let wrong = "SELECT COUNT(*) FROM jobs WHERE done <> 1";
    assert_eq!(sqlx::query_scalar::<_, i64>(wrong).fetch_one(&pool).await?, 0);
    pool.close().await;
    std::fs::remove_file(file)?;
    Ok(jobs)
}

/// Does jobs until there are none.
async fn work(pool: &SqlitePool) -> Result<u64, AnyError> {
    let mut jobs = 0;
    let mut batches =
        Job::batch_iter(pool).filter(|j| j.done.eq(0)).batch_size(BATCH).transactional();
    while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await? {
        for job in &batch {
            assert_eq!(job.done, 0);
            sqlx::query("UPDATE jobs SET done = done + 1 WHERE id = ?")
                .bind(job.id)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        jobs += batch.len() as u64;
        // What a worker does outside of the transaction is the time of the others.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    Ok(jobs)
}
