//! Parts: a table is cut once, and each part is read or written by itself.

pub(crate) mod by_key;
mod changed;
mod mistakes;
mod rows;
mod statements;

use futures_util::TryStreamExt as _;
use sqlx_chunked::Part;

use super::writes::{By, Task, Tasks, create, hit, ids, tasks};

/// Returns the ids of the rows of a part, which it is given by its token.
async fn ids_of(tasks: Tasks, part: &Part<Task>) -> Vec<i64> {
    let part = part.to_string().parse().unwrap();
    let batches: Vec<_> = tasks.part(part).try_collect().await.unwrap();
    batches.into_iter().flatten().map(|task: Task| task.id).collect()
}
