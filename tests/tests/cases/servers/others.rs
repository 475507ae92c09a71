//! What other sessions do while a batch is under way.

use std::thread;

use sqlx::{AssertSqlSafe, Connection, Database, Executor as _};

use crate::{
    Db,
    dialect::{LOCK_TIMEOUT, PATIENT},
    harness::TestDatabase,
};

type DbConnection = <Db as Database>::Connection;

/// Opens a session whose transaction has written more than a batch does: of two that wait for each other,
/// the server ends the one that has written less.
pub(super) async fn heavy(database: &TestDatabase) -> DbConnection {
    database
        .execute("CREATE TABLE others (id BIGINT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)")
        .await;
    let rows: Vec<_> = (0..500).map(|id| format!("({id}, 0)")).collect();
    database.execute(format!("INSERT INTO others VALUES {}", rows.join(", "))).await;
    let mut other = database.connect().await;
    for sql in [PATIENT, "BEGIN", "UPDATE others SET n = 1"] {
        (&mut other).execute(sql).await.unwrap();
    }
    other
}

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
