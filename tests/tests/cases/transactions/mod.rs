//! A transaction for each batch, which the caller commits.

mod given_up;
mod mistakes;
mod rows;
mod sources;

use futures_util::TryStreamExt as _;
use sqlx::Pool;
use sqlx_chunked::{BatchIter, Error, Open, OpenTransaction, TransactionalIter};

use super::writes::{Task, hit_row};
use crate::{Db, harness::TestDatabase};

/// The rows of the cases, by id, in transactions.
type InTransactions = TransactionalIter<'static, Task, Db>;

fn by_id(pool: &Pool<Db>) -> BatchIter<'static, Task, Db> {
    Task::batch_iter(pool).batch_size(4)
}

/// Counts a row up, in a transaction.
async fn hit(transaction: &mut OpenTransaction<Db>, id: i64) {
    hit_row(transaction, id).await.unwrap();
}

/// Hits the rows of the next batch, and commits. Returns their ids; none after the last batch.
async fn hit_next(batches: &mut InTransactions) -> Result<Vec<i64>, Error> {
    let Some(Open { batch, mut transaction, .. }) = batches.try_next().await? else {
        return Ok(Vec::new());
    };
    for task in &batch {
        hit(&mut transaction, task.id).await;
    }
    transaction.commit().await?;
    Ok(batch.iter().map(|task| task.id).collect())
}

/// Hits all rows that are left.
async fn hit_all(mut batches: InTransactions) -> Vec<i64> {
    let mut all = Vec::new();
    loop {
        let ids = hit_next(&mut batches).await.unwrap();
        if ids.is_empty() {
            return all;
        }
        all.extend(ids);
    }
}

/// Returns the numbers of times that rows were hit, each once.
async fn hits(database: &TestDatabase) -> Vec<i64> {
    let sql = "SELECT DISTINCT hits FROM tasks ORDER BY hits";
    sqlx::query_scalar(sql).fetch_all(database.pool()).await.unwrap()
}
