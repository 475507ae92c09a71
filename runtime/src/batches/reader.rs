//! Reads one batch after the other. It contains no SQL.

use std::{mem, sync::Arc};

use super::{
    ends::{ask_at_end, is_yes, prepare},
    loaded::{Loaded, Next},
    plan::{Content, Plan},
    raw_batch::{Extent, Piece, RawBatch},
    seeker::{Seeker, Wanted, question, unbound},
    step::Steps,
};
use crate::{
    backend::Backend,
    error::Error,
    fetch::{
        answer::Number,
        collect::{Collect, Collector, capacity},
        connector::Connector,
        fetched::Fetched,
        request::Expected,
    },
    model::row::DecodeAs,
    position::{
        guard::{self, Doubt},
        keys::{Keys, Taken},
    },
    related::{
        item::Item,
        relation::{Assemble, Load},
    },
    sql::questions::left_out,
};

/// Reads the batches of a plan.
pub(crate) struct BatchReader<'s, T: Item, DB: Backend> {
    pub(crate) connector: Connector<'s, DB>,
    pub(crate) seeker: Seeker<DB>,
    relations: Box<dyn Load<T::Model, DB, T>>,
    pub(super) decode: DecodeAs<T::Model, DB>,
}

/// A batch that was read, and what adds its related rows.
pub(super) type Undelivered<T> = (Fetched<<T as Item>::Model>, Assemble<<T as Item>::Model, T>);

impl<'s, T, DB> BatchReader<'s, T, DB>
where
    T: Item,
    DB: Backend,
{
    pub(crate) fn new(
        plan: Arc<Plan>,
        content: Content<T, DB>,
        connector: Connector<'s, DB>,
    ) -> Self {
        let Content { decode, filters, mut relations } = content;
        relations.set_table(&plan.key.table);
        let taken: Arc<[Taken]> = relations.columns().into();
        Self { connector, seeker: Seeker::new(plan, filters, taken), relations, decode }
    }

    /// Returns whether connections are those of a pool.
    pub(super) const fn is_of_pool(&self) -> bool {
        self.connector.is_pool()
    }

    /// Gives a connection that was taken from a pool back to the pool.
    pub(super) fn release(&mut self) {
        self.connector.release();
    }

    /// Reads the next batch; after an error, the same one again.
    async fn next_batch(&mut self) -> Next<T> {
        let read = match self.seeker.plan.lock {
            None => self.read_batch().await,
            Some(lock) => self.read_locked(lock).await,
        };
        // Before the caller sees the rows.
        self.release();
        let (mut batch, assemble) = match read.transpose()? {
            Ok(read) => read,
            Err(error) => return Some(Err(error)),
        };
        let keys = self.advance(&mut batch);
        let Fetched { rows, extra, is_short, .. } = batch;
        (!rows.is_empty()).then(|| Ok(Loaded { rows: assemble(rows), keys, extra, is_short }))
    }

    /// Moves on after a batch. Returns the keys of its rows.
    pub(super) fn advance(&mut self, batch: &mut Fetched<T::Model>) -> Arc<Keys> {
        let keys = Arc::new(mem::replace(&mut batch.keys, Keys::new(0)));
        let walked = batch.walked.take().map_or_else(|| Arc::clone(&keys), Arc::new);
        let rows = batch.rows.len() as u64;
        self.seeker.advance(rows, walked.last(), batch.extra.clone(), batch.companions);
        self.seeker.hand_out(&walked);
        keys
    }

    async fn read_batch(&mut self) -> Result<Option<Undelivered<T>>, Error> {
        let decode = self.decode;
        let collector = |expected: &Arc<Expected>| Collector::new(decode, Arc::clone(expected));
        let Some(pieces) = self.read(collector).await? else { return Ok(None) };
        let mut pieces = pieces.into_iter();
        let Some((read, expected)) = pieces.next() else { return Ok(None) };
        let mut batch = read.decoded();
        pieces.for_each(|(read, _)| batch.append(read.decoded()));
        self.check(&expected, &mut batch).await?;
        let assemble = self.load(&batch.taken).await?;
        Ok(Some((batch, assemble)))
    }

    /// Checks a batch against the one before it, and against what only a further statement tells.
    pub(super) async fn check(
        &mut self,
        expected: &Expected,
        // Not a shared reference: models need not be `Sync`.
        batch: &mut Fetched<T::Model>,
    ) -> Result<(), Error> {
        let rows = batch.walked().len() as u64;
        self.check_end(expected, rows, batch.extra.is_some()).await?;
        let first = batch.walked().iter().next();
        if let Some(doubt) = self.seeker.doubt(expected, first, || Ok(batch.all_keys()))? {
            self.settle(doubt).await?;
        }
        // The next page is read by another iteration, which does not know the extra row.
        if self.seeker.plan.is_page
            && let (Some(last), Some(extra)) = (batch.walked().last(), batch.extra.as_deref())
            && !guard::have_one_order(last, extra)
        {
            self.settle(Doubt::new(&expected.key, last, extra, false)).await?;
        }
        Ok(())
    }

    /// Reads the next batch, to be decoded later.
    pub(super) async fn next_raw(&mut self) -> Result<Option<RawBatch<T, DB>>, Error> {
        let rows = |expected: &Arc<Expected>| Vec::<DB::Row>::with_capacity(capacity(expected));
        let Some(pieces) = self.read(rows).await? else { return Ok(None) };
        let Some((_, expected)) = pieces.first() else { return Ok(None) };
        let expected = Arc::clone(expected);
        let extent = Extent::of_all::<_, DB>(&pieces)?;
        self.check_end(&expected, extent.rows, extent.extra.is_some()).await?;
        if extent.rows == 0
            && let Some(doubt) = self.seeker.doubt(&expected, None, || Ok(Keys::new(0)))?
        {
            self.settle(doubt).await?;
        }
        let assemble = self.load(&extent.taken).await?;
        let Extent { rows, first, last, extra, companions, .. } = extent;
        self.seeker.advance(rows, last.as_deref(), extra, companions);
        Ok((rows > 0).then_some(RawBatch {
            pieces,
            decode: self.decode,
            assemble,
            expected,
            first,
        }))
    }

    /// Returns the doubt about a batch that is not decoded, after the previous one was handed out.
    pub(super) fn doubt_raw(&self, batch: &RawBatch<T, DB>) -> Result<Option<Doubt>, Error> {
        self.seeker.doubt(&batch.expected, batch.first.as_deref(), || batch.keys())
    }

    /// Reads the next batch, one statement after the other, until it is full.
    async fn read<S>(
        &mut self,
        sink: impl Fn(&Arc<Expected>) -> S,
    ) -> Result<Option<Vec<Piece<T::Model, S>>>, Error>
    where
        S: Collect<DB>,
    {
        let Some(wanted) = self.wanted().await? else { return Ok(None) };
        let stages = self.seeker.stages(&wanted);
        let mut pieces = Vec::new();
        let mut before = 0;
        for (index, stage) in stages.iter().enumerate() {
            let is_last = index + 1 == stages.len();
            let request = self.seeker.request(&wanted, *stage, before, is_last)?;
            let expected = Arc::clone(&request.expected);
            let sink = sink(&expected);
            let read = self.connector.read(request, self.decode, sink).await?;
            let (rows, is_short) = read.count::<DB>();
            before += rows;
            pieces.push((read, expected));
            if is_short || before >= wanted.asked {
                break;
            }
        }
        Ok(Some(pieces))
    }

    /// Returns what to ask for next, once it is known where to begin and to end.
    pub(super) async fn wanted(&mut self) -> Result<Option<Wanted>, Error> {
        let wanted = self.seeker.wanted()?;
        if wanted.is_some() && prepare(&mut self.seeker, &mut self.connector).await? {
            // As long as this connection is kept, SQLite's batches are not read directly.
            self.release();
        }
        Ok(wanted.filter(|_| !self.seeker.ended()))
    }

    /// Counts the rows that there are to read.
    pub(super) async fn count(mut self) -> Result<u64, Error> {
        let counted = self.count_on_connection().await;
        self.release();
        counted
    }

    async fn count_on_connection(&mut self) -> Result<u64, Error> {
        if self.wanted().await?.is_none() {
            return Ok(0);
        }
        let request = self.seeker.count()?;
        let number = Number::to(&request.expected);
        Ok(self.connector.read_by_driver(request, number).await?.value)
    }

    /// Asks what only a row could have told, where none came.
    async fn check_end(&mut self, expected: &Expected, rows: u64, more: bool) -> Result<(), Error> {
        let question = self.seeker.question_at_end(expected, rows, more)?;
        ask_at_end(&mut self.connector, question).await
    }

    /// Asks the database whether a row that it sorts after a position is found there.
    pub(super) async fn settle(&mut self, doubt: Doubt) -> Result<(), Error> {
        let Doubt { key, position, row, .. } = &doubt;
        let statement = left_out(&doubt).map_err(unbound(key))?;
        let question = question(key, statement, |expected| expected);
        if is_yes(&mut self.connector, question).await? {
            Err(key.disorder(position, row))
        } else {
            Ok(())
        }
    }

    /// Loads the related rows of a batch whose columns have these values.
    pub(super) async fn load(&mut self, values: &[Keys]) -> Result<Assemble<T::Model, T>, Error> {
        self.relations.load(&mut self.connector, values).await
    }
}

impl<'s, T: Item, DB: Backend> Steps<'s> for BatchReader<'s, T, DB> {
    type Owned = BatchReader<'static, T, DB>;
    type Output = Next<T>;

    fn into_owned(self: Box<Self>) -> Result<Box<BatchReader<'static, T, DB>>, Box<Self>> {
        let Self { connector, seeker, relations, decode } = *self;
        match connector.into_owned() {
            Ok(connector) => Ok(Box::new(BatchReader { connector, seeker, relations, decode })),
            Err(connector) => Err(Box::new(Self { connector, seeker, relations, decode })),
        }
    }

    fn of_owned(owned: Box<BatchReader<'static, T, DB>>) -> Box<Self> {
        owned
    }

    async fn next(&mut self) -> Next<T> {
        self.next_batch().await
    }
}
