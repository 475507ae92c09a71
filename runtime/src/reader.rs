//! What asks for one batch after the other, each from where the last one ended. No SQL in it.

use std::sync::Arc;

use crate::{
    backend::{Backend, Statement},
    cursor::Cursor,
    error::Error,
    item::Item,
    key::Keys,
    link::Link,
    plan::{Filter, Plan},
    raw::RawValue,
    read::{Collector, Expected, Fetched, Read, Request, RowKind, Sink},
    related::{Join, Load, On},
    row::ReadRow,
    sql::{self, Ask},
    undecoded::{Essence, Undecoded},
};

/// The next batch, or why there is none; `None` behind the last one.
pub(crate) type Next<T> = Option<Result<Loaded<T>, Error>>;

/// A batch as it is handed out.
pub(crate) struct Loaded<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) keys: Keys,
    /// Whether a further row was seen.
    pub(crate) more: bool,
}

/// What the batches of a plan hold: which rows, and what beside them.
pub(crate) struct Items<T: Item, DB: Backend> {
    pub(crate) filters: Vec<Filter<DB>>,
    pub(crate) related: Box<dyn Load<T::Model, DB, T>>,
}

/// Reads the batches of a plan.
pub(crate) struct Reader<'s, T: Item, DB: Backend> {
    link: Link<'s, DB>,
    progress: Progress<T, DB>,
}

/// What was asked for, and how far it has come.
struct Progress<T: Item, DB: Backend> {
    plan: Plan,
    items: Items<T, DB>,
    /// The columns that related rows are found by.
    columns: Arc<[Box<[usize]>]>,
    /// Where to begin, if not at the first row.
    start: Option<Cursor<T::Model>>,
    /// The key of the last row that was read, or of the one to begin behind.
    position: Option<Vec<RawValue>>,
    /// How many rows were read.
    rows: u64,
    /// Whether all was read.
    ended: bool,
    /// Whether the driver may be left out, as it seems by now.
    direct: bool,
}

impl<'s, T, DB> Reader<'s, T, DB>
where
    T: Item,
    DB: Backend,
{
    pub(crate) fn new(
        plan: Plan,
        items: Items<T, DB>,
        link: Link<'s, DB>,
        start: Option<Cursor<T::Model>>,
    ) -> Self {
        let direct = plan.direct && link.is_pool() && DB::reads_directly(plan.key.model);
        let columns = items.related.columns().into();
        let position = start.as_ref().map(|cursor| cursor.position.clone());
        let progress =
            Progress { plan, items, columns, start, position, rows: 0, ended: false, direct };
        Self { link, progress }
    }

    /// The reader, to be moved into a task of its own, unless its source is borrowed.
    pub(crate) fn into_owned(self) -> Result<Box<Reader<'static, T, DB>>, Box<Self>> {
        let Self { link, progress } = self;
        match link.into_owned() {
            Ok(link) => Ok(Box::new(Reader { link, progress })),
            Err(link) => Err(Box::new(Self { link, progress })),
        }
    }

    /// Whether all was read.
    pub(crate) const fn ended(&self) -> bool {
        self.progress.ended
    }

    /// How many batches to read before they are asked for.
    pub(crate) const fn read_ahead(&self) -> usize {
        self.progress.plan.read_ahead
    }

    /// Gives a connection that was taken from a pool back to it.
    pub(crate) fn release(&mut self) {
        self.link.release();
    }

    /// Reads the next batch; after an error, the same one again.
    pub(crate) async fn next(&mut self) -> Next<T>
    where
        T::Model: ReadRow<DB>,
    {
        let read = self.read_batch().await;
        // Before the caller sees the rows.
        self.release();
        let (Fetched { rows, keys, more, .. }, join) = match read.transpose()? {
            Ok(read) => read,
            Err(error) => return Some(Err(error)),
        };
        self.progress.advance(rows.len() as u64, keys.last(), more);
        (!rows.is_empty()).then(|| Ok(Loaded { rows: join(rows), keys, more }))
    }

    async fn read_batch(&mut self) -> Result<Option<(Fetched<T::Model>, Join<T::Model, T>)>, Error>
    where
        T::Model: ReadRow<DB>,
    {
        let Some((read, _)) = self.read::<Collector<T::Model>>().await? else { return Ok(None) };
        let batch = read.decoded();
        let join = self.load(&batch.also).await?;
        Ok(Some((batch, join)))
    }

    /// Reads the next batch, to be decoded later.
    pub(crate) async fn next_undecoded(&mut self) -> Result<Option<Undecoded<T, DB>>, Error>
    where
        T::Model: ReadRow<DB>,
    {
        let Some((read, expected)) = self.read::<Vec<DB::Row>>().await? else { return Ok(None) };
        let essence = Essence::of(&read, &expected)?;
        let join = self.load(&essence.also).await?;
        self.progress.advance(essence.rows, essence.keys.last(), essence.more);
        Ok((essence.rows > 0).then_some(Undecoded { read, join, expected }))
    }

    /// Loads what is related to a batch whose columns have these values.
    async fn load(&mut self, values: &[Keys]) -> Result<Join<T::Model, T>, Error> {
        let Self { link, progress: Progress { plan, items, .. } } = self;
        items.related.load(&mut On { link, plan }, values).await
    }

    /// Goes back to where a batch was to begin.
    pub(crate) fn rewind(&mut self, batch: &Expected) {
        let progress = &mut self.progress;
        progress.position.clone_from(&batch.position);
        progress.rows = batch.before;
        progress.ended = false;
    }

    async fn read<S>(&mut self) -> Result<Option<(Read<T::Model, S>, Arc<Expected>)>, Error>
    where
        T::Model: ReadRow<DB>,
        S: Sink<DB>,
    {
        let Self { link, progress } = self;
        if progress.ended {
            return Ok(None);
        }
        let Some(request) = progress.request()? else {
            progress.ended = true;
            return Ok(None);
        };
        let expected = Arc::clone(&request.expected);
        let batch = link.read(request, &mut progress.direct).await?;
        Ok(Some((batch, expected)))
    }
}

impl<T: Item, DB: Backend> Progress<T, DB> {
    /// What to ask the database for next, if anything.
    fn request(&mut self) -> Result<Option<Request<DB>>, Error> {
        let Self { plan, items: Items { filters, .. }, position, .. } = self;
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
        let direct = self.direct && statement.values.is_some();
        let position = position.clone();
        let expected = Expected {
            key,
            position,
            before: self.rows,
            rows,
            nulls_of,
            also: Arc::clone(&self.columns),
            kind: RowKind::Batch,
            followed: !self.columns.is_empty(),
        };
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
