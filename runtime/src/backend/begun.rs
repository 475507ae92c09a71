//! A connection of a pool, in a transaction that ends only as this crate says.
//!
//! sqlx's own `Transaction` cannot close its connection. If a rollback fails, the connection would go
//! back to the pool, and on SQLite count as one in a transaction from then on.

use sqlx::{Database, SqlSafeStr, pool::PoolConnection};
use sqlx_core::transaction::TransactionManager as _;

use crate::task;

/// A connection of a pool in a transaction, which is rolled back unless it is committed.
pub(crate) struct Begun<DB: Database> {
    /// Gone when the transaction is over.
    connection: Option<PoolConnection<DB>>,
    /// True if the connection cannot be used again should the work on it stop here.
    is_busy: bool,
}

impl<DB: Database> Begun<DB> {
    /// Begins a transaction, by this statement or the usual one.
    pub(crate) async fn begin(
        connection: PoolConnection<DB>,
        statement: Option<&'static str>,
    ) -> Result<Self, sqlx::Error> {
        let mut begun = Self { connection: Some(connection), is_busy: true };
        let statement = statement.map(SqlSafeStr::into_sql_str);
        let answer = DB::TransactionManager::begin(begun.connection(), statement).await;
        match answer {
            Ok(()) => {
                begun.is_busy = false;
                Ok(begun)
            }
            Err(error) => {
                if error.as_database_error().is_some() {
                    // The server has answered: the connection is as it was.
                    begun.connection = None;
                }
                Err(error)
            }
        }
    }

    pub(crate) fn connection(&mut self) -> &mut DB::Connection {
        match &mut self.connection {
            Some(connection) => connection,
            None => unreachable!("{OVER}"),
        }
    }

    pub(crate) fn connection_ref(&self) -> &DB::Connection {
        match &self.connection {
            Some(connection) => connection,
            None => unreachable!("{OVER}"),
        }
    }

    /// Sets whether a statement is under way that may be left half-read.
    pub(crate) const fn set_busy(&mut self, is_busy: bool) {
        self.is_busy = is_busy;
    }

    /// Returns the transaction, which leaves this one empty.
    pub(crate) const fn take(&mut self) -> Self {
        Self { connection: self.connection.take(), is_busy: self.is_busy }
    }

    /// Commits. If that fails, the transaction may still be open.
    pub(crate) async fn commit(&mut self) -> Result<(), sqlx::Error> {
        self.is_busy = true;
        let committed = DB::TransactionManager::commit(self.connection()).await;
        if committed.is_ok() {
            self.connection = None;
        }
        committed
    }

    /// Rolls back, or closes the connection if that fails.
    pub(crate) async fn roll_back(mut self) -> Result<(), sqlx::Error> {
        if self.connection.is_some() {
            self.is_busy = true;
            DB::TransactionManager::rollback(self.connection()).await?;
            self.connection = None;
        }
        Ok(())
    }
}

/// Says why there is no connection.
const OVER: &str = "a transaction is not used after its end";

impl<DB: Database> Drop for Begun<DB> {
    fn drop(&mut self) {
        if self.is_busy {
            if let Some(connection) = &mut self.connection {
                connection.close_on_drop();
            }
        } else if self.connection.is_some() {
            let begun = self.take();
            task::detached(async { drop(begun.roll_back().await) });
        }
    }
}
