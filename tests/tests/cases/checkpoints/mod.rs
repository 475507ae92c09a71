//! Positions that are kept in the database.

mod holders;
mod killed;
mod table;

use futures_util::TryStreamExt as _;
use sqlx_chunked::{Checkpoint, Checkpoints, Error, Open};

use super::writes::{Task, hit_row};
use crate::{Db, harness::TestDatabase};

pub(crate) fn checkpoints() -> Checkpoints {
    Checkpoints::new("kept")
}

async fn open(database: &TestDatabase, name: &str) -> Result<Checkpoint<Task, Db>, Error> {
    checkpoints().open(database.pool(), name).await
}

/// Hits up to so many batches of rows that are left, and saves the position with each.
pub(crate) async fn hit(
    pool: &sqlx::Pool<Db>,
    checkpoint: &mut Checkpoint<Task, Db>,
    most: usize,
) -> Result<(), Error> {
    let batches = Task::batch_iter(pool).batch_size(4).resume(checkpoint.cursor());
    let mut batches = batches.transactional();
    for _ in 0..most {
        let Some(Open { batch, mut transaction, .. }) = batches.try_next().await? else { break };
        for task in &batch {
            hit_row(&mut transaction, task.id).await.unwrap();
        }
        checkpoint.save(&mut *transaction, &batch.cursor()).await?;
        transaction.commit().await?;
    }
    Ok(())
}
