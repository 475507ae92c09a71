//! What became of a transaction that was handed out.

use std::{io, sync::Arc};

use tokio::sync::watch;

/// The state of a transaction that was handed out.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// The caller has it.
    Open,
    RollingBack,
    Committing,
    RolledBack,
    Committed,
    /// The answer of COMMIT was lost.
    Unknown(Arc<sqlx::Error>),
}

/// The end of a transaction.
#[derive(Debug)]
pub(super) enum End {
    RolledBack,
    Committed,
    Unknown(Arc<sqlx::Error>),
}

/// Knows what becomes of a transaction.
#[derive(Clone)]
pub(crate) struct Witness(watch::Receiver<Fate>);

/// Returns where to tell the fate of a transaction, and who learns of it.
pub(super) fn witnessed() -> (watch::Sender<Fate>, Witness) {
    let (tell, learn) = watch::channel(Fate::Open);
    (tell, Witness(learn))
}

impl Witness {
    /// Returns whether the caller still has the transaction.
    pub(super) fn is_open(&self) -> bool {
        matches!(*self.0.borrow(), Fate::Open)
    }

    pub(super) fn is_committed(&self) -> bool {
        matches!(*self.0.borrow(), Fate::Committed)
    }

    /// Returns how the transaction ended, if it has.
    pub(super) fn end(&self) -> Option<End> {
        match &*self.0.borrow() {
            Fate::Open | Fate::RollingBack | Fate::Committing => None,
            Fate::RolledBack => Some(End::RolledBack),
            Fate::Committed => Some(End::Committed),
            Fate::Unknown(source) => Some(End::Unknown(Arc::clone(source))),
        }
    }

    /// Waits for the end of the transaction.
    pub(super) async fn ended(&mut self) -> End {
        loop {
            if let Some(end) = self.end() {
                return end;
            }
            if self.0.changed().await.is_err() {
                return self.end().unwrap_or_else(|| self.abandoned());
            }
        }
    }

    /// The end of a transaction whose runtime has shut down.
    fn abandoned(&self) -> End {
        if matches!(*self.0.borrow(), Fate::Committing) {
            let source = io::Error::other("the runtime has shut down during COMMIT");
            End::Unknown(Arc::new(source.into()))
        } else {
            End::RolledBack
        }
    }
}
