//! The queue on PostgreSQL: each worker locks the jobs that it takes, and leaves out those of others.

use futures_util::{TryStreamExt, future::try_join_all};
use sqlx::{AssertSqlSafe, PgPool};
use sqlx_chunked::{Chunked, Open};

use crate::{AnyError, BATCH, JOBS, WORKERS};

#[derive(Chunked)]
#[chunked(table = "sqlx_chunked_jobs")]
struct Job {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    done: i64,
}

/// Drains a queue. Returns how many jobs each worker did.
pub(crate) async fn drain(url: &str) -> Result<Vec<u64>, AnyError> {
    let pool = PgPool::connect(url).await?;
    let setup = format!(
        "DROP TABLE IF EXISTS sqlx_chunked_jobs;
         CREATE TABLE sqlx_chunked_jobs (id BIGINT PRIMARY KEY, done BIGINT NOT NULL);
         INSERT INTO sqlx_chunked_jobs SELECT i, 0 FROM generate_series(1, {JOBS}) i"
    );
    sqlx::raw_sql(AssertSqlSafe(setup)).execute(&pool).await?;

    let jobs = try_join_all((0..WORKERS).map(|_| work(&pool))).await?;
    assert_eq!(i64::try_from(jobs.iter().sum::<u64>())?, JOBS);
    let wrong = "SELECT COUNT(*) FROM sqlx_chunked_jobs WHERE done <> 1";
    assert_eq!(sqlx::query_scalar::<_, i64>(wrong).fetch_one(&pool).await?, 0);
    sqlx::query("DROP TABLE sqlx_chunked_jobs").execute(&pool).await?;
    Ok(jobs)
}

/// Does jobs until there are none. An iteration passes over those that others have, which may come back
/// if others fail, so the worker begins anew until it finds nothing.
async fn work(pool: &PgPool) -> Result<u64, AnyError> {
    let mut jobs = 0;
    loop {
        let before = jobs;
        let mut batches = Job::batch_iter(pool)
            .filter(|j| j.done.eq(0))
            .batch_size(BATCH)
            .for_update()
            .skip_locked()
            .transactional();
        while let Some(Open { batch, mut transaction, .. }) = batches.try_next().await? {
            for job in &batch {
                assert_eq!(job.done, 0);
                sqlx::query("UPDATE sqlx_chunked_jobs SET done = done + 1 WHERE id = $1")
                    .bind(job.id)
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            jobs += batch.len() as u64;
        }
        if jobs == before {
            return Ok(jobs);
        }
    }
}
