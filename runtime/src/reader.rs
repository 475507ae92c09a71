//! What asks for one batch after the other, each from where the last one ended. No SQL in it.

use std::sync::Arc;

use crate::{
    backend::{Backend, Statement},
    cursor::Cursor,
    error::Error,
    key::Keys,
    link::Link,
    model::Chunked,
    plan::{Filter, Plan},
    raw::RawValue,
    read::{Collector, Expected, Fetched, Request, Sink, first_row},
    row::{AnyRow, ReadRow},
    sql::{self, Ask},
};

/// The next batch, or why there is none; `None` behind the last one.
pub(crate) type Next<M> = Option<Result<Fetched<M>, Error>>;

/// Reads the batches of a plan.
pub(crate) struct Reader<'s, M, DB: Backend> {
    plan: Plan,
    filters: Vec<Filter<DB>>,
    link: Link<'s, DB>,
    /// Where to begin, if not at the first row.
    start: Option<Cursor<M>>,
    /// The key of the last row that was read, or of the one to begin behind.
    position: Option<Vec<RawValue>>,
    /// How many rows were read.
    rows: u64,
    /// Whether all was read.
    ended: bool,
}

impl<'s, M, DB> Reader<'s, M, DB>
where
    M: Chunked,
    DB: Backend,
{
    pub(crate) fn new(
        mut plan: Plan,
        filters: Vec<Filter<DB>>,
        link: Link<'s, DB>,
        start: Option<Cursor<M>>,
    ) -> Self {
        plan.direct &= link.is_pool() && DB::reads_directly(plan.key.model);
        let position = start.as_ref().map(|cursor| cursor.position.clone());
        Self { plan, filters, link, start, position, rows: 0, ended: false }
    }

    /// The reader, to be moved into a task of its own, unless its source is borrowed.
    pub(crate) fn into_owned(self) -> Result<Box<Reader<'static, M, DB>>, Box<Self>> {
        let Self { plan, filters, link, start, position, rows, ended } = self;
        match link.into_owned() {
            Ok(link) => Ok(Box::new(Reader { plan, filters, link, start, position, rows, ended })),
            Err(link) => Err(Box::new(Self { plan, filters, link, start, position, rows, ended })),
        }
    }

    /// Whether all was read.
    pub(crate) const fn ended(&self) -> bool {
        self.ended
    }

    /// How many batches to read before they are asked for.
    pub(crate) const fn read_ahead(&self) -> usize {
        self.plan.read_ahead
    }

    /// Gives a connection that was taken from a pool back to it.
    pub(crate) fn release(&mut self) {
        self.link.release();
    }

    /// Reads the next batch; after an error, the same one again.
    pub(crate) async fn next(&mut self) -> Next<M>
    where
        M: ReadRow<DB>,
    {
        let read = self.read::<Collector<M>>().await;
        // Before the caller sees the rows.
        self.release();
        let batch = match read? {
            Ok((Read::Direct(batch), _)) => batch,
            Ok((Read::Driver(batch), _)) => batch.finish(),
            Err(error) => return Some(Err(error)),
        };
        self.advance(batch.rows.len() as u64, batch.keys.last(), batch.more);
        (!batch.rows.is_empty()).then_some(Ok(batch))
    }

    /// Reads the next batch, to be decoded elsewhere.
    pub(crate) async fn next_undecoded(&mut self) -> Option<Result<Undecoded<M, DB>, Error>>
    where
        M: ReadRow<DB>,
    {
        let (read, expected) = match self.read::<Vec<DB::Row>>().await? {
            Ok(read) => read,
            Err(error) => return Some(Err(error)),
        };
        let batch = Undecoded { read, expected };
        let end = match batch.end() {
            Ok(end) => end,
            Err(error) => return Some(Err(error)),
        };
        self.advance(end.rows, end.keys.last(), end.more);
        (end.rows > 0).then_some(Ok(batch))
    }

    /// Goes back to where a batch was to begin.
    pub(crate) fn rewind(&mut self, batch: &Expected) {
        self.position.clone_from(&batch.position);
        self.rows = batch.before;
        self.ended = false;
    }

    async fn read<S>(&mut self) -> Option<Result<(Read<M, S>, Arc<Expected>), Error>>
    where
        M: ReadRow<DB>,
        S: Sink<DB>,
    {
        if self.ended {
            return None;
        }
        let mut request = match self.request() {
            Ok(Some(request)) => request,
            Ok(None) => {
                self.ended = true;
                return None;
            }
            Err(error) => return Some(Err(error)),
        };
        let expected = Arc::clone(&request.expected);
        if request.direct {
            request = match self.link.read_directly(request).await {
                Ok(Ok(batch)) => return Some(Ok((Read::Direct(batch), expected))),
                Ok(Err(request)) => request,
                Err(error) => return Some(Err(error)),
            };
            // Where something was in the way once, it is likely to be there again.
            self.plan.direct = false;
        }
        let batch = self.link.read::<S>(request).await;
        Some(batch.map(|batch| (Read::Driver(batch), expected)))
    }

    /// What to ask the database for next, if anything.
    fn request(&mut self) -> Result<Option<Request<DB>>, Error> {
        let Self { plan, filters, position, .. } = self;
        if let Some(cursor) = &self.start {
            cursor.check::<DB>(&plan.key)?;
        }
        let rows = plan.next_rows(self.rows)?;
        if rows == 0 {
            return Ok(None);
        }
        let key = plan.travelled();
        // Not past the limit: what is not handed out need not be read.
        let one_more = rows.saturating_add(1);
        let asked = plan.left(self.rows).map_or(one_more, |left| left.min(one_more));
        let first = self.rows == 0;
        let nulls_of = if first { key.trailing_nulls::<DB>() } else { None };
        let ask = Ask { position: position.as_deref(), inside: !first, rows: asked, nulls_of };
        let unbound = |source| Error::Bind { model: key.model.name, source };
        let mut statement = sql::batch(&key, filters, ask).map_err(unbound)?;
        statement.persistent = plan.persistent;
        // Behind a position there may be no row to report that NULLs follow.
        let nulls = match (nulls_of, &*position) {
            (Some(column), Some(_)) => {
                let nulls = sql::nulls(&key, filters, column).map_err(unbound)?;
                Some(Statement { persistent: plan.persistent, ..nulls })
            }
            _ => None,
        };
        let direct = plan.direct && statement.values.is_some();
        let position = position.clone();
        let expected = Expected { key, position, before: self.rows, rows, nulls_of };
        Ok(Some(Request { statement, nulls, expected: Arc::new(expected), direct }))
    }

    /// Takes note of a batch that was read.
    fn advance(&mut self, rows: u64, last: Option<&[RawValue]>, more: bool) {
        self.rows += rows;
        if let Some(last) = last {
            self.position = Some(last.to_vec());
        }
        self.ended = !more || self.plan.left(self.rows) == Some(0);
    }
}

/// A batch as it was read.
enum Read<M, S> {
    /// Without the driver, and decoded.
    Direct(Fetched<M>),
    Driver(S),
}

/// A batch that is still to be decoded.
pub(crate) struct Undecoded<M, DB: Backend> {
    read: Read<M, Vec<DB::Row>>,
    pub(crate) expected: Arc<Expected>,
}

/// What has to be known of a batch to read the one behind it.
struct End {
    rows: u64,
    keys: Keys,
    more: bool,
}

impl<M: ReadRow<DB>, DB: Backend> Undecoded<M, DB> {
    fn end(&self) -> Result<End, Error> {
        let Expected { key, rows: most, .. } = &*self.expected;
        let mut keys = Keys::new(key.order.len());
        match &self.read {
            Read::Direct(batch) => {
                if let Some(last) = batch.keys.last() {
                    keys.push(last);
                }
                Ok(End { rows: batch.rows.len() as u64, keys, more: batch.more })
            }
            Read::Driver(rows) => {
                let most = usize::try_from(*most).unwrap_or(usize::MAX);
                let count = rows.len().min(most);
                if let Some(last) = rows[..count].last() {
                    let layout = first_row::<DB>(AnyRow::Driver(&rows[0]), &self.expected)?;
                    key.take::<DB>(AnyRow::Driver(last), &layout, &mut keys)?;
                }
                Ok(End { rows: count as u64, keys, more: rows.len() > count })
            }
        }
    }

    pub(crate) fn decode(self) -> Result<Fetched<M>, Error> {
        let rows = match self.read {
            Read::Direct(batch) => return Ok(batch),
            Read::Driver(rows) => rows,
        };
        let mut batch = Collector::<M>::new(&self.expected);
        for row in &rows {
            batch.push::<DB>(AnyRow::Driver(row), &self.expected)?;
        }
        Ok(batch.finish())
    }
}
