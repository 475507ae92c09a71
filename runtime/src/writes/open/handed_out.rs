//! A transaction that was handed out, and tells the iteration how it ends.

use std::sync::Arc;

use tokio::sync::watch;

use super::fate::{Fate, Witness, witnessed};
use crate::{
    backend::{
        Backend,
        begun::{Begun, PATIENCE, timed_out},
    },
    error::Error,
    fetch::transaction::Commit,
    position::key::Key,
    task,
};

/// A transaction that the caller has.
pub(crate) struct HandedOut<DB: Backend> {
    begun: Begun<DB>,
    fate: watch::Sender<Fate>,
    key: Key,
}

impl<DB: Backend> HandedOut<DB> {
    pub(super) fn new(begun: Begun<DB>, key: Key) -> (Self, Witness) {
        let (fate, witness) = witnessed();
        (Self { begun, fate, key }, witness)
    }

    pub(crate) fn connection(&mut self) -> &mut DB::Connection {
        self.begun.connection()
    }

    pub(crate) fn connection_ref(&self) -> &DB::Connection {
        self.begun.connection_ref()
    }

    /// Commits, to the end even if nobody waits for it any more.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        task::to_end(self.commit_now()).await
    }

    async fn commit_now(mut self) -> Result<(), Error> {
        self.fate.send_replace(Fate::Committing);
        // Until COMMIT is sent, nothing is committed whatever goes wrong.
        let committed = match self.confirm_open().await {
            Ok(()) => Commit::of::<DB>(self.begun.commit().await),
            Err(source) => Commit::Refused(source),
        };
        match committed {
            Commit::Done => {
                self.fate.send_replace(Fate::Committed);
                Ok(())
            }
            Commit::Refused(source) => {
                // If this fails, the connection is closed.
                let _rolled_back = self.begun.take().roll_back().await;
                self.fate.send_replace(Fate::RolledBack);
                Err(self.key.unwritten::<DB>(source))
            }
            Commit::Unknown(source) => {
                let source = Arc::new(source);
                self.fate.send_replace(Fate::Unknown(Arc::clone(&source)));
                Err(self.key.unknown(source))
            }
        }
    }

    /// Fails if COMMIT would not commit the transaction, but not say so.
    async fn confirm_open(&mut self) -> Result<(), sqlx::Error> {
        self.begun.set_busy(true);
        let confirmed = task::within(PATIENCE, DB::confirm_open(self.begun.connection())).await;
        confirmed.unwrap_or_else(|| Err(timed_out()))?;
        if self.begun.is_outermost() {
            Ok(())
        } else {
            Err(sqlx::Error::Protocol(
                "a savepoint in the transaction was given up while it was begun, or is still open: \
                 end each before `commit`"
                    .into(),
            ))
        }
    }

    /// Rolls back, to the end even if nobody waits for it any more.
    pub(crate) async fn roll_back(mut self) -> Result<(), Error> {
        let rolled_back = task::to_end(self.begin_roll_back()).await;
        rolled_back.map_err(|source| self.key.unwritten::<DB>(source))
    }

    /// Returns the work of rolling back.
    fn begin_roll_back(&mut self) -> impl Future<Output = Result<(), sqlx::Error>> + use<DB> {
        self.fate.send_replace(Fate::RollingBack);
        let begun = self.begun.take();
        let fate = self.fate.clone();
        async move {
            let rolled_back = begun.roll_back().await;
            fate.send_replace(Fate::RolledBack);
            rolled_back
        }
    }
}

/// Rolls back, if the transaction is not over.
impl<DB: Backend> Drop for HandedOut<DB> {
    fn drop(&mut self) {
        if matches!(*self.fate.borrow(), Fate::Open) {
            let work = self.begin_roll_back();
            task::detached(async { drop(work.await) });
        }
    }
}
