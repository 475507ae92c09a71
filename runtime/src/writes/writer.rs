//! Writes one batch after the other, each in a transaction of its own.

use std::sync::{Arc, Weak};

use super::batch::{Attempt, Wrote, attempt};
use crate::{
    backend::Backend,
    batches::{seeker::Seeker, step::Steps},
    error::Error,
    fetch::{
        connector::Connector,
        transaction::{Commit, commit},
    },
    position::{key::Key, point::Point},
    sql::write::Change,
};

/// Writes the batches of a plan.
pub(crate) struct BatchWriter<'s, DB: Backend> {
    parts: Parts<'s, DB>,
    /// Gone as soon as nobody waits for batches any more.
    alive: Weak<()>,
    /// True once it is known that sqlx knows about all transactions on the connection.
    is_checked: bool,
    /// Set if the answer of a COMMIT was lost.
    unknown: Option<Arc<sqlx::Error>>,
}

/// The parts of whatever writes batches.
pub(crate) struct Parts<'s, DB: Backend> {
    pub(crate) connector: Connector<'s, DB>,
    pub(crate) seeker: Seeker<DB>,
    pub(crate) change: Change<DB>,
}

/// A batch that was written and committed.
pub(crate) struct Batch {
    pub(crate) rows: u64,
    pub(crate) last: Point,
}

impl Batch {
    pub(super) fn of(key: &Key, wrote: &Wrote) -> Self {
        Self { rows: wrote.rows, last: Point::of(key.clone(), wrote.last.clone()) }
    }
}

/// The number of times that a batch is tried if others insert rows where it has counted them.
pub(super) const MOST_ATTEMPTS: usize = 16;

impl<'s, DB: Backend> BatchWriter<'s, DB> {
    pub(crate) const fn new(parts: Parts<'s, DB>, alive: Weak<()>) -> Self {
        Self { parts, alive, is_checked: false, unknown: None }
    }

    /// Returns whether all batches were written.
    pub(crate) const fn ended(&self) -> bool {
        self.parts.seeker.ended()
    }

    async fn next_batch(&mut self) -> Result<Option<Batch>, Error> {
        if let Some(source) = &self.unknown {
            return Err(unknown(self.parts.key(), Arc::clone(source)));
        }
        for _ in 0..MOST_ATTEMPTS {
            let Some(wanted) = self.parts.seeker.wanted()? else { return Ok(None) };
            self.check_transaction().await?;
            let key = self.parts.key().clone();
            let Parts { connector, seeker, change } = &mut self.parts;
            let named = connector.is_named_by_default();
            let began = connector.begin().await;
            let mut transaction = began.map_err(|source| key.unwritten::<DB>(source))?;
            let mut within = Connector::within(&mut *transaction, named);
            let attempted = attempt(seeker, change, &mut within, &wanted).await;
            drop(within);
            let wrote = match attempted {
                Ok(Attempt::Wrote(wrote)) if self.alive.strong_count() > 0 => wrote,
                other => {
                    // A connection that is lost rolls back by itself.
                    let _rolled_back = transaction.rollback().await;
                    match other? {
                        Attempt::OverLimit => continue,
                        Attempt::Nothing => seeker.end(),
                        // Nobody would learn of it.
                        Attempt::Wrote(_) => {}
                    }
                    return Ok(None);
                }
            };
            return match commit(transaction).await {
                Commit::Done => {
                    let batch = Batch::of(&seeker.plan.key, &wrote);
                    wrote.advance(seeker);
                    Ok(Some(batch))
                }
                Commit::Refused(source) => Err(key.unwritten::<DB>(source)),
                Commit::Unknown(source) => {
                    let source = Arc::new(source);
                    self.unknown = Some(Arc::clone(&source));
                    Err(unknown(&key, source))
                }
            };
        }
        Err(self.parts.over_limit())
    }

    /// Refuses a transaction that sqlx does not know about: it would begin another one, which ends
    /// the first.
    async fn check_transaction(&mut self) -> Result<(), Error> {
        if self.is_checked {
            return Ok(());
        }
        let key = self.parts.key().clone();
        let foreign = self.parts.connector.is_in_foreign_transaction().await;
        if foreign.map_err(|source| key.unwritten::<DB>(source))? {
            return Err(Error::Option {
                model: key.model().name,
                method: "update or delete",
                reason:
                    "the connection is in a transaction that was begun by SQL, which a batch's \
                         own one would end: begin it with sqlx's `begin()`"
                        .into(),
            });
        }
        self.is_checked = true;
        Ok(())
    }
}

impl<DB: Backend> Parts<'_, DB> {
    pub(super) fn key(&self) -> &Key {
        &self.seeker.plan.key
    }

    pub(super) fn over_limit(&self) -> Error {
        let key = self.key();
        Error::OverLimit { model: key.model().name, table: key.table.to_cow() }
    }
}

/// The error for a COMMIT whose answer was lost.
pub(super) fn unknown(key: &Key, source: Arc<sqlx::Error>) -> Error {
    Error::CommitUnknown { model: key.model().name, table: key.table.to_cow(), source }
}

impl<'s, DB: Backend> Steps<'s> for BatchWriter<'s, DB> {
    type Owned = BatchWriter<'static, DB>;
    type Output = Option<Result<Batch, Error>>;

    fn into_owned(self: Box<Self>) -> Result<Box<BatchWriter<'static, DB>>, Box<Self>> {
        let Self { parts: Parts { connector, seeker, change }, alive, is_checked, unknown } = *self;
        match connector.into_owned() {
            Ok(connector) => {
                let parts = Parts { connector, seeker, change };
                Ok(Box::new(BatchWriter { parts, alive, is_checked, unknown }))
            }
            Err(connector) => {
                let parts = Parts { connector, seeker, change };
                Err(Box::new(Self { parts, alive, is_checked, unknown }))
            }
        }
    }

    fn of_owned(owned: Box<BatchWriter<'static, DB>>) -> Box<Self> {
        owned
    }

    async fn next(&mut self) -> Self::Output {
        self.next_batch().await.transpose()
    }
}
