//! A database for one test.

use std::{
    panic::{AssertUnwindSafe, resume_unwind},
    time::Duration,
};

use futures_util::FutureExt as _;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection, Database, Pool, pool::PoolOptions};

use crate::{Db, isolated::Isolated};

type DbConnection = <Db as Database>::Connection;

/// A fresh database that no other test sees.
pub(crate) struct TestDatabase {
    isolated: Isolated,
    pool: Pool<Db>,
}

/// Runs a case on its own database, which is removed afterwards, whatever the outcome.
pub(crate) fn run(case: impl AsyncFnOnce(&TestDatabase)) {
    // Not the single-threaded runtime: proptest blocks the thread that it is called on.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let isolated = Isolated::create().await;
        let pool = pool(&isolated, 4);
        let database = TestDatabase { isolated, pool };
        let outcome = AssertUnwindSafe(case(&database)).catch_unwind().await;
        database.pool.close().await;
        database.isolated.remove().await;
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
    });
}

impl TestDatabase {
    pub(crate) const fn pool(&self) -> &Pool<Db> {
        &self.pool
    }

    /// Returns a pool to the same database, with at most this many connections.
    pub(crate) fn pool_of(&self, connections: u32) -> Pool<Db> {
        pool(&self.isolated, connections)
    }

    /// Opens a connection to the same database, outside any pool.
    pub(crate) async fn connect(&self) -> DbConnection {
        self.options().connect().await.unwrap()
    }

    /// Returns the options for connecting to it.
    pub(crate) fn options(&self) -> <DbConnection as Connection>::Options {
        self.isolated.options()
    }

    /// Returns the URL of the same database for another program.
    pub(crate) fn url(&self) -> String {
        self.isolated.url()
    }

    /// Executes statements, separated by semicolons.
    pub(crate) async fn execute(&self, sql: impl Into<String>) {
        let sql = sql.into();
        if let Err(error) = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&self.pool).await {
            panic!("{error}: {sql}");
        }
    }
}

fn pool(isolated: &Isolated, connections: u32) -> Pool<Db> {
    PoolOptions::new()
        .max_connections(connections)
        // A connection that is not given back soon causes an error, instead of a test that hangs.
        .acquire_timeout(Duration::from_secs(10))
        .connect_lazy_with(isolated.options())
}
