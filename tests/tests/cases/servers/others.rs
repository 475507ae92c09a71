//! What other sessions do while a batch is under way.

use std::thread;

use sqlx::{AssertSqlSafe, Connection, Database, Executor as _};

use crate::{Db, dialect::LOCK_TIMEOUT};

type DbConnection = <Db as Database>::Connection;

/// Runs a statement on a connection of its own, on another thread, and waits for it. Returns whether it
/// was done, or would have had to wait for the batch.
pub(super) fn execute(
    options: &<DbConnection as Connection>::Options,
    sql: impl Into<String>,
) -> bool {
    let (options, sql) = (options.clone(), sql.into());
    let work = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut connection = DbConnection::connect_with(&options).await.unwrap();
            (&mut connection).execute(LOCK_TIMEOUT).await.unwrap();
            let done = (&mut connection).execute(AssertSqlSafe(sql)).await.is_ok();
            connection.close().await.unwrap();
            done
        })
    };
    thread::spawn(work).join().unwrap()
}
