//! A connection of a pool, in a transaction that ends only as this crate says.
//!
//! sqlx's own `Transaction` cannot close its connection. If a rollback fails, the connection would go
//! back to the pool, and on SQLite count as one in a transaction from then on.

use std::{io, time::Duration};

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
                    // The server refused, so no transaction was begun, and the pool can have the
                    // connection back.
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
    ///
    /// sqlx commits nothing, and says that it did, if it counts no transaction; and a savepoint alone,
    /// if one is open.
    pub(crate) async fn commit(&mut self) -> Result<(), sqlx::Error> {
        debug_assert!(self.is_outermost());
        self.is_busy = true;
        let committed = DB::TransactionManager::commit(self.connection()).await;
        if committed.is_ok() {
            self.connection = None;
        }
        committed
    }

    /// Returns whether sqlx counts one transaction: the one that was begun.
    pub(crate) fn is_outermost(&self) -> bool {
        DB::TransactionManager::get_transaction_depth(self.connection_ref()) == 1
    }

    /// Rolls back, or closes the connection if that fails or takes too long: a driver that lost count
    /// of the server's answers would wait forever.
    pub(crate) async fn roll_back(mut self) -> Result<(), sqlx::Error> {
        if self.connection.is_some() {
            self.is_busy = true;
            let rolled_back = DB::TransactionManager::rollback(self.connection());
            task::within(PATIENCE, rolled_back).await.unwrap_or_else(|| Err(timed_out()))?;
            if DB::TransactionManager::get_transaction_depth(self.connection_ref()) == 0 {
                self.connection = None;
            }
        }
        Ok(())
    }
}

/// How long to wait for an answer that comes at once, if it comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// The error for an answer that did not come.
pub(crate) fn timed_out() -> sqlx::Error {
    io::Error::from(io::ErrorKind::TimedOut).into()
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
            let mut begun = self.take();
            // If the runtime shuts down, this is never polled.
            begun.is_busy = true;
            task::detached(async { drop(begun.roll_back().await) });
        }
    }
}
