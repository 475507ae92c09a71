//! Begins a transaction for each batch, and hands both out.

use std::sync::Arc;

use sqlx::Pool;

use super::{
    fate::{End, Witness},
    handed_out::HandedOut,
    work::{Work, Worked},
};
use crate::{
    backend::{Backend, begun::Begun, dialect::Speaks as _},
    batches::{seeker::Progress, step::Steps},
    error::Error,
    position::point::Point,
    writes::writer::MOST_ATTEMPTS,
};

/// Works on one batch after the other, each in a transaction of its own.
pub(crate) struct Opener<W: Work> {
    work: W,
    pool: Pool<W::Database>,
    /// The batch that was handed out, until it is known what became of it.
    handed_out: Option<Last>,
    /// Set if the answer of a COMMIT was lost.
    unknown: Option<Arc<sqlx::Error>>,
}

struct Last {
    witness: Witness,
    /// How far the iteration has come if the batch is committed.
    after: Progress,
}

/// A batch and its transaction.
pub(crate) struct Opened<W: Work> {
    pub(crate) batch: W::Batch,
    pub(crate) transaction: HandedOut<W::Database>,
    /// The point that the batch ends with.
    pub(crate) last: Point,
    pub(super) witness: Witness,
}

/// What there is to hand out.
pub(crate) enum Next<W: Work> {
    Batch(Box<Opened<W>>),
    Failed(Error),
    /// Nobody took the batch, and it was rolled back.
    GivenUp,
    Over,
}

impl<W: Work> Opener<W> {
    pub(crate) const fn new(work: W, pool: Pool<W::Database>) -> Self {
        Self { work, pool, handed_out: None, unknown: None }
    }

    /// Returns the text of the statement that comes next, as far as it is known what became of the last
    /// batch.
    pub(super) fn next_sql(&mut self) -> Option<String> {
        if let Some(last) = self.handed_out.take_if(|last| last.witness.is_committed()) {
            self.work.seeker().go_to(last.after);
        }
        self.work.seeker().next_sql()
    }

    async fn next_batch(&mut self) -> Result<Option<Opened<W>>, Error> {
        self.settle().await?;
        let key = self.work.seeker().plan.key.clone();
        for _ in 0..MOST_ATTEMPTS {
            if self.work.seeker().wanted()?.is_none() {
                return Ok(None);
            }
            let begun = begin(&self.pool).await;
            let begun = begun.map_err(|source| W::refused(&key, source))?;
            let before = self.work.seeker().progress();
            self.work.connector().enter(begun);
            let worked = self.work.work().await;
            let left = self.work.connector().leave().await;
            match worked {
                Ok(Worked::Batch { batch, last }) => {
                    let after = self.work.seeker().go_to(before);
                    let begun = left
                        .ok_or_else(|| key.unwritten::<W::Database>(sqlx::Error::WorkerCrashed))?;
                    let (transaction, witness) = HandedOut::new(begun, key.clone());
                    self.handed_out = Some(Last { witness: witness.clone(), after });
                    let last = Point::of(key, last);
                    return Ok(Some(Opened { batch, transaction, last, witness }));
                }
                Ok(Worked::OverLimit) => roll_back(left).await,
                Ok(Worked::Nothing) => {
                    roll_back(left).await;
                    return Ok(None);
                }
                Err(error) if error.is_unanswered() => {
                    // ROLLBACK could wait forever.
                    if let Some(mut begun) = left {
                        begun.set_busy(!W::Database::DIALECT.survives_half_read);
                    }
                    return Err(error);
                }
                Err(error) => {
                    roll_back(left).await;
                    return Err(error);
                }
            }
        }
        Err(key.over_limit())
    }

    /// Waits until it is known what became of the last batch, and moves on if it was committed.
    async fn settle(&mut self) -> Result<(), Error> {
        if let Some(last) = &mut self.handed_out {
            let end = last.witness.ended().await;
            match (end, self.handed_out.take()) {
                (End::Committed, Some(last)) => {
                    self.work.seeker().go_to(last.after);
                }
                (End::Unknown(source), _) => self.unknown = Some(source),
                (End::RolledBack, _) | (End::Committed, None) => {}
            }
        }
        match &self.unknown {
            Some(source) => Err(self.work.seeker().plan.key.unknown(Arc::clone(source))),
            None => Ok(()),
        }
    }
}

/// Begins a transaction. A connection that died in the pool is replaced once, like that of a batch
/// which is read without a transaction.
async fn begin<DB: Backend>(pool: &Pool<DB>) -> Result<Begun<DB>, sqlx::Error> {
    let attempt = async || Begun::begin(pool.acquire().await?, DB::DIALECT.begin_write).await;
    match attempt().await {
        Err(source) if DB::is_dead(&source) => attempt().await,
        first => first,
    }
}

async fn roll_back<DB: sqlx::Database>(begun: Option<Begun<DB>>) {
    if let Some(begun) = begun {
        // If this fails, the connection is closed.
        let _rolled_back = begun.roll_back().await;
    }
}

impl<W: Work> Steps<'static> for Opener<W> {
    type Owned = Self;
    type Output = Next<W>;

    fn into_owned(self: Box<Self>) -> Result<Box<Self>, Box<Self>> {
        Ok(self)
    }

    fn of_owned(owned: Box<Self>) -> Box<Self> {
        owned
    }

    async fn next(&mut self) -> Next<W> {
        match self.next_batch().await {
            Ok(Some(opened)) => Next::Batch(Box::new(opened)),
            Ok(None) => Next::Over,
            Err(error) => Next::Failed(error),
        }
    }

    /// Rolls a batch back that nobody takes: its locks must not wait for a poll.
    async fn give_up(next: Next<W>) -> Next<W> {
        match next {
            Next::Batch(opened) => {
                // If this fails, the connection is closed.
                let _rolled_back = opened.transaction.roll_back().await;
                Next::GivenUp
            }
            next => next,
        }
    }
}
