//! Rows that are locked when they are read.

mod held;
mod mistakes;
pub(crate) mod plans;
mod queue;
mod rows;
mod waiting;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Connection, Executor as _};
use sqlx_chunked::Chunked;

use super::isolation::pool_at;
use crate::{cases::writes::ids, dialect::LOCK_TIMEOUT, harness::TestDatabase};

/// The isolation levels that sessions can have.
const LEVELS: [&str; 3] = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"];

/// Rows that others are joined to.
#[derive(Chunked, Debug)]
#[expect(dead_code, reason = "its rows are only locked")]
#[chunked(table = "tasks", join = "LEFT JOIN tasks other ON other.id = tasks.a")]
struct Joined {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    #[chunked(column = "other.tag")]
    tag: Option<String>,
}

/// Returns the ids of the rows that no other session can lock now.
async fn locked(database: &TestDatabase) -> Vec<i64> {
    let mut other = database.connect().await;
    (&mut other).execute(LOCK_TIMEOUT).await.unwrap();
    let mut locked = Vec::new();
    for id in ids(database, "ORDER BY id").await {
        let mut transaction = other.begin().await.unwrap();
        let lock = format!("SELECT id FROM tasks WHERE id = {id} FOR UPDATE SKIP LOCKED");
        let rows = transaction.fetch(AssertSqlSafe(lock)).try_collect::<Vec<_>>().await.unwrap();
        if rows.is_empty() {
            locked.push(id);
        }
        transaction.rollback().await.unwrap();
    }
    other.close().await.unwrap();
    locked
}
