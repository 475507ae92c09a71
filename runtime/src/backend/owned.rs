//! Connections that were passed by value, and may be lent to another thread.

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

use sqlx::{Database, Transaction, pool::PoolConnection};
use tokio::sync::oneshot;

use super::begun::Begun;

/// A connection, with what becomes of it when it is dropped: it goes back to its pool, or its
/// transaction is rolled back.
pub(crate) enum Owner<DB: Database> {
    Connection(PoolConnection<DB>),
    Transaction(Transaction<'static, DB>),
    /// A transaction of this crate, which is taken out again.
    Begun(Begun<DB>),
}

impl<DB: Database> Deref for Owner<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Connection(connection) => connection,
            Self::Transaction(transaction) => transaction,
            Self::Begun(begun) => begun.connection_ref(),
        }
    }
}

impl<DB: Database> DerefMut for Owner<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match self {
            Self::Connection(connection) => connection,
            Self::Transaction(transaction) => transaction,
            Self::Begun(begun) => begun.connection(),
        }
    }
}

/// The place of a connection that was passed by value, which is empty while it is lent.
#[doc(hidden)]
pub struct Owned<DB: Database> {
    owner: Option<Owner<DB>>,
    /// Receives the connection when its loan ends.
    lent: Option<oneshot::Receiver<Owner<DB>>>,
}

impl<DB: Database> Owned<DB> {
    /// Returns whether this is a transaction of the program's.
    pub(crate) const fn is_transaction(&self) -> bool {
        matches!(self.owner, Some(Owner::Transaction(_)))
    }

    pub(crate) const fn new(owner: Owner<DB>) -> Self {
        Self { owner: Some(owner), lent: None }
    }

    /// Waits until the connection is back. If the wait is given up, the next one continues it.
    pub(crate) async fn here(&mut self) -> Result<&mut Owner<DB>, sqlx::Error> {
        if let Some(lent) = &mut self.lent {
            self.owner = lent.await.ok();
            self.lent = None;
        }
        // Loans give the connection back however they end; but a thread can be killed.
        self.owner.as_mut().ok_or(sqlx::Error::WorkerCrashed)
    }

    /// Takes the transaction that was begun by this crate back.
    pub(crate) async fn take_begun(&mut self) -> Option<Begun<DB>> {
        self.here().await.ok()?;
        match self.owner.take() {
            Some(Owner::Begun(begun)) => Some(begun),
            other => {
                self.owner = other;
                None
            }
        }
    }

    /// Lends the connection, unless it is lent already.
    pub fn lend(&mut self) -> Option<Loan<DB>> {
        let owner = self.owner.take()?;
        let (back, lent) = oneshot::channel();
        self.lent = Some(lent);
        Some(Loan { owner: Some(owner), back: Some(back) })
    }
}

impl<DB: Database> fmt::Debug for Owned<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Owned").finish_non_exhaustive()
    }
}

/// A connection that is lent. It is given back when this is dropped, even in a panic, or by a thread
/// that never started. If nobody waits for it any more, it is dropped.
#[doc(hidden)]
pub struct Loan<DB: Database> {
    owner: Option<Owner<DB>>,
    back: Option<oneshot::Sender<Owner<DB>>>,
}

impl<DB: Database> Loan<DB> {
    /// Lends a connection of a pool, which goes back to the pool.
    pub fn of_pool(connection: PoolConnection<DB>) -> Self {
        Self { owner: Some(Owner::Connection(connection)), back: None }
    }

    pub fn connection(&mut self) -> Option<&mut DB::Connection> {
        self.owner.as_deref_mut()
    }
}

impl<DB: Database> Drop for Loan<DB> {
    fn drop(&mut self) {
        if let (Some(owner), Some(back)) = (self.owner.take(), self.back.take()) {
            // The receiver may be gone.
            let _unsent = back.send(owner);
        }
    }
}

/// A source that the direct route can take a connection from.
#[doc(hidden)]
pub enum Lender<'c, DB: Database> {
    Pool(&'c sqlx::Pool<DB>),
    Owned(&'c mut Owned<DB>),
}
