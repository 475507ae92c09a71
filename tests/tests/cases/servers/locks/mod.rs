//! Rows that are locked when they are read.

mod held;
mod mistakes;
pub(crate) mod plans;
mod queue;
mod rows;
mod waiting;

use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Connection, Executor as _, Pool, pool::PoolOptions};

use crate::{
    Db,
    cases::writes::ids,
    dialect::{ISOLATION, LOCK_TIMEOUT},
    harness::TestDatabase,
};

/// The isolation levels that sessions can have.
const LEVELS: [&str; 3] = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"];

/// Returns a pool whose sessions have an isolation level.
async fn pool_at(database: &TestDatabase, level: &str) -> Pool<Db> {
    let set = format!("{ISOLATION} {level}");
    let options =
        PoolOptions::<Db>::new().max_connections(4).after_connect(move |connection, _| {
            let set = set.clone();
            Box::pin(async move {
                sqlx::query(AssertSqlSafe(set)).execute(connection).await.map(|_| ())
            })
        });
    options.connect_with(database.options()).await.unwrap()
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
