//! The sessions of a pool on the server, which another connection can end.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use sqlx::{AssertSqlSafe, Pool, pool::PoolOptions};

use crate::{Db, harness::TestDatabase, server};

/// The sessions that a pool has had, the newest last.
#[derive(Default)]
pub(super) struct Sessions(Arc<Mutex<Vec<String>>>);

impl Sessions {
    /// Records every session that a pool begins, by its hook.
    pub(super) fn of(options: PoolOptions<Db>) -> (Self, PoolOptions<Db>) {
        let sessions = Self::default();
        let begun = Arc::clone(&sessions.0);
        let options = options.after_connect(move |connection, _| {
            let begun = Arc::clone(&begun);
            Box::pin(async move {
                let session = sqlx::query_scalar(server::OWN_SESSION).fetch_one(connection).await?;
                begun.lock().unwrap().push(session);
                Ok(())
            })
        });
        (sessions, options)
    }

    pub(super) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    /// Returns the newest session, skipping this many newer ones.
    pub(super) fn newest(&self, but: usize) -> Option<String> {
        self.0.lock().unwrap().iter().nth_back(but).cloned()
    }
}

/// Ends a session, whatever it does; it does not matter if it no longer exists.
pub(super) async fn kill(database: &TestDatabase, session: &str) {
    drop(sqlx::raw_sql(AssertSqlSafe(server::kill(session))).execute(database.pool()).await);
}

/// Ends a session, and waits until it is gone.
pub(super) async fn kill_and_wait(database: &TestDatabase, session: &str) {
    kill(database, session).await;
    let count = async || -> i64 {
        let count = sqlx::query_scalar(AssertSqlSafe(server::count(session)));
        count.fetch_one(database.pool()).await.unwrap()
    };
    while count().await > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Waits until a pool of one connection has it back; before that, the pool pings the server.
pub(super) async fn wait_for_idle(pool: &Pool<Db>) {
    while pool.num_idle() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
