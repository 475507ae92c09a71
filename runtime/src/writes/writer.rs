//! Writes one batch after the other, each in a transaction of its own.

use std::sync::{Arc, Weak};

use super::batch::{Attempt, Wrote, attempt};
use crate::{
    backend::Backend,
    batches::{
        seeker::{Seeker, Wanted},
        step::Steps,
    },
    error::Error,
    fetch::{connector::Connector, transaction::Commit},
    position::{key::Key, point::Point},
    sql::write::Change,
};

/// Writes the batches of a plan.
pub(crate) struct BatchWriter<'s, DB: Backend> {
    parts: Parts<'s, DB>,
    /// Gone as soon as nobody waits for batches any more.
    alive: Weak<()>,
    nesting: Nesting,
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
        Self { parts, alive, nesting: Nesting::Unknown, unknown: None }
    }

    /// Returns whether all batches were written.
    pub(crate) const fn ended(&self) -> bool {
        self.parts.seeker.ended()
    }

    async fn next_batch(&mut self) -> Result<Option<Batch>, Error> {
        if let Some(source) = &self.unknown {
            return Err(self.parts.key().unknown(Arc::clone(source)));
        }
        for _ in 0..MOST_ATTEMPTS {
            let Some(wanted) = self.parts.seeker.wanted()? else { return Ok(None) };
            self.check_transaction().await?;
            let key = self.parts.key().clone();
            let end = self.parts.write(&wanted, &self.alive).await;
            if !end.is_clean() {
                self.nesting.end();
            }
            self.parts.connector.give_back(end.leaves_sound::<DB>());
            match end {
                End::Committed(Commit::Done, wrote) => {
                    let batch = Batch::of(&key, &wrote);
                    wrote.advance(&mut self.parts.seeker);
                    return Ok(Some(batch));
                }
                End::Committed(Commit::Unknown(source), _) => {
                    let source = Arc::new(source);
                    self.unknown = Some(Arc::clone(&source));
                    return Err(key.unknown(source));
                }
                End::NotBegun(source) | End::Committed(Commit::Refused(source), _) => {
                    return Err(key.unwritten::<DB>(source));
                }
                End::RolledBack { why, .. } => match why? {
                    Attempt::OverLimit => self.parts.seeker.forget_extra(),
                    Attempt::Nothing => {
                        self.parts.seeker.end();
                        return Ok(None);
                    }
                    // Nobody would learn of it.
                    Attempt::Wrote(_) => return Ok(None),
                },
            }
        }
        Err(self.parts.key().over_limit())
    }

    /// Checks that a batch is written in the caller's transaction, if there was one at first.
    ///
    /// A transaction that sqlx does not know about is refused: it would begin another one, which ends
    /// the first.
    async fn check_transaction(&mut self) -> Result<(), Error> {
        let key = self.parts.key().clone();
        let unwritten = |source| key.unwritten::<DB>(source);
        let connector = &mut self.parts.connector;
        let is_nested = connector.is_in_transaction().await.map_err(unwritten)?;
        if self.nesting == Nesting::Unknown {
            if connector.is_in_foreign_transaction().await.map_err(unwritten)? {
                return Err(Error::Option {
                    model: key.model().name,
                    method: "update or delete",
                    reason: "the connection is in a transaction that was begun by SQL, which a \
                             batch's own one would end: begin it with sqlx's `begin()`"
                        .into(),
                });
            }
            self.nesting = if is_nested { Nesting::Within } else { Nesting::None };
        }
        match self.nesting {
            Nesting::Within if is_nested => Ok(()),
            Nesting::Within | Nesting::Ended => {
                self.nesting = Nesting::Ended;
                let table = key.table.to_cow();
                Err(Error::TransactionEnded { model: key.model().name, table })
            }
            Nesting::None | Nesting::Unknown => Ok(()),
        }
    }
}

/// The caller's transaction, in which each batch is a savepoint.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nesting {
    /// Nobody has looked for one.
    Unknown,
    None,
    Within,
    /// The database has ended it.
    Ended,
}

impl Nesting {
    /// Takes note that a savepoint could not be had, or not be ended.
    fn end(&mut self) {
        if *self == Self::Within {
            *self = Self::Ended;
        }
    }
}

/// The end of the transaction of one batch.
enum End {
    NotBegun(sqlx::Error),
    RolledBack {
        /// True if the database said that it did.
        clean: bool,
        why: Result<Attempt, Error>,
    },
    Committed(Commit, Wrote),
}

impl End {
    /// Returns whether the transaction ended as it should.
    const fn is_clean(&self) -> bool {
        matches!(self, Self::Committed(Commit::Done, _) | Self::RolledBack { clean: true, .. })
    }

    /// Returns whether the connection can begin another transaction.
    fn leaves_sound<DB: Backend>(&self) -> bool {
        match self {
            Self::NotBegun(source) => !DB::is_dead(source),
            end => end.is_clean(),
        }
    }
}

impl<DB: Backend> Parts<'_, DB> {
    /// Writes one batch in a transaction, which is rolled back if nobody waits for it any more.
    async fn write(&mut self, wanted: &Wanted, alive: &Weak<()>) -> End {
        let Self { connector, seeker, change } = self;
        let named = connector.is_named_by_default();
        let mut transaction = match connector.begin().await {
            Ok(transaction) => transaction,
            Err(source) => return End::NotBegun(source),
        };
        let mut within = Connector::within(&mut *transaction, named);
        let attempted = attempt(seeker, change, &mut within, wanted).await;
        drop(within);
        match attempted {
            Ok(Attempt::Wrote(wrote)) if alive.strong_count() > 0 => {
                End::Committed(Commit::of::<DB>(transaction.commit().await), wrote)
            }
            Err(error) if error.is_unanswered() && !DB::DIALECT.survives_half_read => {
                // ROLLBACK could wait forever.
                drop(transaction);
                End::RolledBack { clean: false, why: Err(error) }
            }
            why => End::RolledBack { clean: transaction.rollback().await.is_ok(), why },
        }
    }

    fn key(&self) -> &Key {
        &self.seeker.plan.key
    }
}

impl<'s, DB: Backend> Steps<'s> for BatchWriter<'s, DB> {
    type Owned = BatchWriter<'static, DB>;
    type Output = Option<Result<Batch, Error>>;

    fn into_owned(self: Box<Self>) -> Result<Box<BatchWriter<'static, DB>>, Box<Self>> {
        let Self { parts: Parts { connector, seeker, change }, alive, nesting, unknown } = *self;
        match connector.into_owned() {
            Ok(connector) => {
                let parts = Parts { connector, seeker, change };
                Ok(Box::new(BatchWriter { parts, alive, nesting, unknown }))
            }
            Err(connector) => {
                let parts = Parts { connector, seeker, change };
                Err(Box::new(Self { parts, alive, nesting, unknown }))
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
