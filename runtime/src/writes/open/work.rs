//! The work that is done in a transaction before it is handed out: reading a batch, or writing one.

use crate::{
    backend::{Backend, value::RawValue},
    batches::{loaded::Loaded, reader::BatchReader, seeker::Seeker, step::Steps as _},
    error::Error,
    fetch::connector::Connector,
    position::key::Key,
    related::item::Item,
    writes::{
        batch::{Attempt, attempt},
        writer::{Batch, Parts},
    },
};

/// Work on one batch after the other, on the connection that the connector has.
pub(crate) trait Work: Send + 'static {
    type Database: Backend;

    type Batch: Send + 'static;

    /// Returns the error for a transaction that could not be begun.
    fn refused(key: &Key, source: sqlx::Error) -> Error;

    fn connector(&mut self) -> &mut Connector<'static, Self::Database>;

    fn seeker(&mut self) -> &mut Seeker<Self::Database>;

    /// Works on the next batch, and moves on after it.
    fn work(&mut self) -> impl Future<Output = Result<Worked<Self::Batch>, Error>> + Send;
}

/// The result of work on a batch.
pub(crate) enum Worked<B> {
    Batch {
        batch: B,
        /// The key that it ends with.
        last: Vec<RawValue>,
    },
    /// There was nothing left to do.
    Nothing,
    /// More rows were written than the limit leaves.
    OverLimit,
}

impl<T: Item, DB: Backend> Work for BatchReader<'static, T, DB> {
    type Database = DB;
    type Batch = Loaded<T>;

    fn refused(key: &Key, source: sqlx::Error) -> Error {
        key.refused::<DB>(source)
    }

    fn connector(&mut self) -> &mut Connector<'static, DB> {
        &mut self.connector
    }

    fn seeker(&mut self) -> &mut Seeker<DB> {
        &mut self.seeker
    }

    async fn work(&mut self) -> Result<Worked<Loaded<T>>, Error> {
        let Some(batch) = self.next().await.transpose()? else { return Ok(Worked::Nothing) };
        let last = batch.keys.last().map(<[RawValue]>::to_vec).unwrap_or_default();
        Ok(Worked::Batch { batch, last })
    }
}

impl<DB: Backend> Work for Parts<'static, DB> {
    type Database = DB;
    type Batch = Batch;

    fn refused(key: &Key, source: sqlx::Error) -> Error {
        key.unwritten::<DB>(source)
    }

    fn connector(&mut self) -> &mut Connector<'static, DB> {
        &mut self.connector
    }

    fn seeker(&mut self) -> &mut Seeker<DB> {
        &mut self.seeker
    }

    async fn work(&mut self) -> Result<Worked<Batch>, Error> {
        let Self { connector, seeker, change } = self;
        let Some(wanted) = seeker.wanted()? else { return Ok(Worked::Nothing) };
        match attempt(seeker, change, connector, &wanted).await? {
            Attempt::Wrote(wrote) => {
                let last = wrote.last.clone();
                let batch = Batch::of(&seeker.plan.key, &wrote);
                wrote.advance(seeker);
                Ok(Worked::Batch { batch, last })
            }
            Attempt::OverLimit => {
                seeker.forget_extra();
                Ok(Worked::OverLimit)
            }
            Attempt::Nothing => {
                seeker.end();
                Ok(Worked::Nothing)
            }
        }
    }
}
