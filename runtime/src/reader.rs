//! What asks for one batch after the other, each from where the last one ended. No SQL in it.

use std::sync::Arc;

use crate::{
    backend::{Backend, Statement},
    cursor::Cursor,
    error::Error,
    guard::{self, Doubt, Verdict},
    item::Item,
    key::{Key, Keys, Taken},
    link::Link,
    plan::{Filter, Plan},
    raw::RawValue,
    read::{Answer, AtEnd, Collector, Expected, Fetched, Read, Request, RowKind, Sink},
    related::{Join, Load, On},
    row::ReadRow,
    sql::{self, Ask},
    undecoded::{Extent, Undecoded},
};

/// The next batch, or why there is none; `None` behind the last one.
pub(crate) type Next<T> = Option<Result<Loaded<T>, Error>>;

/// A batch as it is handed out.
pub(crate) struct Loaded<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) keys: Arc<Keys>,
    /// The key of the further row, if one was seen.
    pub(crate) extra: Option<Vec<RawValue>>,
    /// Whether that row is one of the batch, but does not decode.
    pub(crate) is_short: bool,
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
    columns: Arc<[Taken]>,
    /// Where to begin, if not at the first row.
    start: Option<Cursor<T::Model>>,
    /// The key of the last row that was read, or of the one to begin behind.
    position: Option<Vec<RawValue>>,
    /// The key of the row that was seen behind the last batch.
    extra: Option<Vec<RawValue>>,
    /// The keys of the last batch that was handed out.
    handed_out: Arc<Keys>,
    /// The columns that are selected with their companions, until none of them needs one.
    companions: Arc<[usize]>,
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
        let columns: Arc<[Taken]> = items.related.columns().into();
        let position = start.as_ref().map(|cursor| cursor.position.clone());
        let progress = Progress {
            companions: companions::<DB>(&plan.key, &columns),
            handed_out: Arc::new(Keys::new(plan.key.order.len())),
            plan,
            items,
            columns,
            start,
            position,
            extra: None,
            rows: 0,
            ended: false,
            direct,
        };
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

    /// Whether connections are those of a pool.
    pub(crate) const fn is_of_pool(&self) -> bool {
        self.link.is_pool()
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
        let (Fetched { rows, keys, extra, is_short, companions, .. }, join) =
            match read.transpose()? {
                Ok(read) => read,
                Err(error) => return Some(Err(error)),
            };
        let keys = Arc::new(keys);
        self.progress.advance(rows.len() as u64, keys.last(), extra.clone(), companions);
        self.hand_out(&keys);
        (!rows.is_empty()).then(|| Ok(Loaded { rows: join(rows), keys, extra, is_short }))
    }

    /// Takes note of a batch on its way to the caller.
    pub(crate) fn hand_out(&mut self, keys: &Arc<Keys>) {
        self.progress.handed_out = Arc::clone(keys);
    }

    async fn read_batch(&mut self) -> Result<Option<(Fetched<T::Model>, Join<T::Model, T>)>, Error>
    where
        T::Model: ReadRow<DB>,
    {
        let Some((read, expected)) = self.read::<Collector<T::Model>>().await? else {
            return Ok(None);
        };
        let batch = read.decoded();
        if batch.keys.len() == 0 {
            self.check_end(&expected).await?;
        }
        let doubt = self.doubt(&expected, batch.keys.iter().next(), || Ok(batch.all_keys()))?;
        if let Some(doubt) = doubt {
            self.settle(doubt).await?;
        }
        // What comes next is read by another iteration, which knows nothing of the extra row.
        if self.progress.plan.is_page
            && let (Some(last), Some(extra)) = (batch.keys.last(), batch.extra.as_deref())
            && !guard::have_one_order(last, extra)
        {
            let doubt = Doubt::new(&expected.key, last, extra, false);
            self.settle(doubt).await?;
        }
        let join = self.load(&batch.also).await?;
        Ok(Some((batch, join)))
    }

    /// Reads the next batch, to be decoded later.
    pub(crate) async fn next_undecoded(&mut self) -> Result<Option<Undecoded<T, DB>>, Error>
    where
        T::Model: ReadRow<DB>,
    {
        let Some((read, expected)) = self.read::<Vec<DB::Row>>().await? else { return Ok(None) };
        let extent = Extent::of(&read, &expected)?;
        if extent.rows == 0 {
            self.check_end(&expected).await?;
            if let Some(doubt) = self.doubt(&expected, None, || Ok(Keys::new(0)))? {
                self.settle(doubt).await?;
            }
        }
        let join = self.load(&extent.also).await?;
        let Extent { rows, first, last, extra, companions, .. } = extent;
        self.progress.advance(rows, last.as_deref(), extra, companions);
        Ok((rows > 0).then_some(Undecoded { read, join, expected, first }))
    }

    /// Asks what only a row could have told, where none came behind a position: whether NULLs follow,
    /// and whether it still is a position in these columns.
    async fn check_end(&mut self, expected: &Arc<Expected>) -> Result<(), Error> {
        let Expected { key, position: Some(position), .. } = &**expected else { return Ok(()) };
        if expected.before > 0 && expected.extra.is_none() {
            return Ok(());
        }
        let Progress { plan, items: Items { filters, .. }, .. } = &mut self.progress;
        let unbound = |source| Error::Bind { model: key.model.name, source };
        let asked = sql::at_end(key, filters, position, expected.nulls_of).map_err(unbound)?;
        let Some(statement) = asked else { return Ok(()) };
        let statement = Statement { persistent: plan.persistent, ..statement };
        let request = Request { statement, expected: Arc::clone(expected), direct: false };
        let AtEnd = self.link.read_by_driver(request).await?;
        Ok(())
    }

    /// What is in doubt of a batch that is not decoded, once the one before was handed out.
    pub(crate) fn doubt_undecoded(&self, batch: &Undecoded<T, DB>) -> Result<Option<Doubt>, Error>
    where
        T::Model: ReadRow<DB>,
    {
        self.doubt(&batch.expected, batch.first.as_deref(), || batch.keys())
    }

    /// Holds a batch against what was seen behind the one before it.
    fn doubt(
        &self,
        expected: &Expected,
        first: Option<&[RawValue]>,
        keys: impl FnOnce() -> Result<Keys, Error>,
    ) -> Result<Option<Doubt>, Error> {
        let Expected { key, position: Some(position), extra: Some(extra), .. } = expected else {
            return Ok(None);
        };
        // So it is unless another connection writes just there.
        if first == Some(extra.as_slice()) {
            return Ok(None);
        }
        match guard::compare(&self.progress.handed_out, extra, &keys()?) {
            Verdict::Seen => Ok(None),
            Verdict::Unseen => Ok(Some(Doubt::new(key, position, extra, first.is_none()))),
            Verdict::Repeated(row) => Err(key.disorder(position, &row)),
        }
    }

    /// Asks the database whether a row that it sorts behind a position is found there.
    pub(crate) async fn settle(&mut self, doubt: Doubt) -> Result<(), Error> {
        let Doubt { key, position, row, .. } = &doubt;
        let unbound = |source| Error::Bind { model: key.model.name, source };
        let statement = sql::left_out(&doubt).map_err(unbound)?;
        let statement = Statement { persistent: self.progress.plan.persistent, ..statement };
        let expected = Arc::new(Expected::answer(key.clone()));
        let request = Request { statement, expected, direct: false };
        let Answer(left_out) = self.link.read_by_driver(request).await?;
        if left_out { Err(key.disorder(position, row)) } else { Ok(()) }
    }

    /// Loads what is related to a batch whose columns have these values.
    async fn load(&mut self, values: &[Keys]) -> Result<Join<T::Model, T>, Error> {
        let Self { link, progress: Progress { plan, items, .. } } = self;
        items.related.load(&mut On { link, plan }, values).await
    }

    /// Goes back to behind the last row of a batch that was handed out without the rest of its rows.
    pub(crate) fn go_on_behind(
        &mut self,
        batch: &Expected,
        rows: usize,
        keys: &Keys,
        extra: &[RawValue],
    ) {
        self.rewind(batch);
        let companions = !batch.companions.is_empty();
        self.progress.advance(rows as u64, keys.last(), Some(extra.to_vec()), companions);
    }

    /// Goes back to where a batch was to begin.
    pub(crate) fn rewind(&mut self, batch: &Expected) {
        let progress = &mut self.progress;
        progress.position.clone_from(&batch.position);
        progress.extra.clone_from(&batch.extra);
        progress.companions = Arc::clone(&batch.companions);
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
        let position = position.as_deref();
        let companions = &*self.companions;
        let included = first && self.start.as_ref().is_some_and(|cursor| cursor.included);
        let ask = Ask { position, included, inside: !first, rows: asked, nulls_of, companions };
        let unbound = |source| Error::Bind { model: key.model.name, source };
        let mut statement = sql::batch(&key, filters, ask).map_err(unbound)?;
        statement.persistent = plan.is_persistent::<DB>(key.model);
        let direct = self.direct && statement.values.is_some();
        let position = position.map(<[RawValue]>::to_vec);
        let expected = Expected {
            key,
            position,
            included,
            extra: self.extra.clone(),
            before: self.rows,
            rows,
            nulls_of,
            also: Arc::clone(&self.columns),
            companions: Arc::clone(&self.companions),
            kind: RowKind::Batch,
            goes_short: !plan.is_page,
            followed: !self.columns.is_empty(),
        };
        Ok(Some(Request { statement, expected: Arc::new(expected), direct }))
    }

    /// Takes note of a batch that was read.
    fn advance(
        &mut self,
        rows: u64,
        last: Option<&[RawValue]>,
        extra: Option<Vec<RawValue>>,
        companions: bool,
    ) {
        self.rows += rows;
        if let Some(last) = last {
            self.position = Some(last.to_vec());
        }
        if !companions {
            self.companions = Arc::default();
        }
        self.ended = extra.is_none() || self.plan.left(self.rows) == Some(0);
        self.extra = extra;
    }
}

/// The columns of a key, and of lists that related rows are found by, that can need a companion.
fn companions<DB: Backend>(key: &Key, taken: &[Taken]) -> Arc<[usize]> {
    let mut columns: Vec<_> = key.companions::<DB>().collect();
    for taken in taken {
        columns.extend(key.model.companions_of_references::<DB>(taken.columns()));
    }
    columns.sort_unstable();
    columns.dedup();
    columns.into()
}
