//! What asks for one batch after the other, each from where the last one ended. No SQL in it.

use std::sync::Arc;

use crate::{
    backend::{Backend, Statement, value::RawValue},
    batches::{
        plan::{Filter, Plan},
        raw_batch::{Extent, Piece, Undecoded},
    },
    error::Error,
    fetch::{
        collect::{Answer, AtEnd, Collector, Expected, Fetched, Request, RowKind, Sink},
        connector::Link,
    },
    model::row::ReadRow,
    position::{
        cursor::Cursor,
        guard::{self, Doubt, Verdict},
        key::{Key, Keys, Taken},
    },
    related::{Join, Load, On, item::Item},
    sql::{self, Ask, seek::Start},
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
    /// The key of the extra row that the last batch read but did not return.
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

    /// Whether the batch is a page.
    pub(crate) const fn is_page(&self) -> bool {
        self.progress.plan.is_page
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
        let Some(pieces) = self.read::<Collector<T::Model>>().await? else { return Ok(None) };
        let mut pieces = pieces.into_iter();
        let Some((read, expected)) = pieces.next() else { return Ok(None) };
        let mut batch = read.decoded();
        pieces.for_each(|(read, _)| batch.append(read.decoded()));
        let rows = batch.rows.len() as u64;
        self.check_end(&expected, rows, batch.extra.is_some()).await?;
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
        let Some(pieces) = self.read::<Vec<DB::Row>>().await? else { return Ok(None) };
        let Some((_, expected)) = pieces.first() else { return Ok(None) };
        let expected = Arc::clone(expected);
        let extent = Extent::of_all(&pieces)?;
        self.check_end(&expected, extent.rows, extent.extra.is_some()).await?;
        if extent.rows == 0
            && let Some(doubt) = self.doubt(&expected, None, || Ok(Keys::new(0)))?
        {
            self.settle(doubt).await?;
        }
        let join = self.load(&extent.also).await?;
        let Extent { rows, first, last, extra, companions, .. } = extent;
        self.progress.advance(rows, last.as_deref(), extra, companions);
        Ok((rows > 0).then_some(Undecoded { pieces, join, expected, first }))
    }

    /// Asks what only a row could have told, where none came behind a position: whether NULLs follow,
    /// and whether it still is a position in these columns. The last page asks for NULLs anyway.
    async fn check_end(
        &mut self,
        expected: &Arc<Expected>,
        rows: u64,
        more: bool,
    ) -> Result<(), Error> {
        let Progress { plan, items: Items { filters, .. }, .. } = &mut self.progress;
        let Expected { key, position: Some(position), before, .. } = &**expected else {
            return Ok(());
        };
        let is_empty = rows == 0 && (*before == 0 || expected.extra.is_some());
        let is_last_page = plan.is_page && !more && plan.left(rows) != Some(0);
        if !is_empty && !is_last_page {
            return Ok(());
        }
        let nulls_of = if *before == 0 { key.trailing_nulls::<DB>() } else { None };
        let unbound = |source| Error::Bind { model: key.model.name, source };
        let asked = sql::at_end(key, filters, position, nulls_of, is_empty).map_err(unbound)?;
        let Some(statement) = asked else { return Ok(()) };
        let statement = Statement { persistent: plan.persistent, ..statement };
        let expected = Arc::new(Expected {
            position: Some(position.clone()),
            nulls_of,
            types_asked: is_empty,
            ..Expected::answer(key.clone())
        });
        let request = Request { statement, expected, direct: false };
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

    /// Moves the position to the last row returned, when the rest of a batch was not.
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

    /// Reads what one statement after the other gives of the next batch, until it is full.
    async fn read<S>(&mut self) -> Result<Option<Vec<Piece<T::Model, S>>>, Error>
    where
        T::Model: ReadRow<DB>,
        S: Sink<DB>,
    {
        let Self { link, progress } = self;
        if progress.ended {
            return Ok(None);
        }
        let Some(wanted) = progress.wanted()? else {
            progress.ended = true;
            return Ok(None);
        };
        let stages = progress.stages(&wanted);
        let mut pieces = Vec::new();
        let mut before = 0;
        for (index, stage) in stages.iter().enumerate() {
            let is_last = index + 1 == stages.len();
            let request = progress.request(&wanted, *stage, before, is_last)?;
            let expected = Arc::clone(&request.expected);
            let read = link.read::<T::Model, S>(request, &mut progress.direct).await?;
            let (rows, is_short) = read.count::<DB>();
            before += rows;
            pieces.push((read, expected));
            if is_short || before >= wanted.asked {
                break;
            }
        }
        Ok(Some(pieces))
    }
}

/// What the next batch is to have.
struct Wanted {
    key: Key,
    /// How many rows are handed out at most.
    rows: u64,
    /// How many are asked for.
    asked: u64,
    /// Whether it is the first batch.
    first: bool,
}

/// Some of the places behind a position, from the first to in front of the last; all there is, if
/// there is no position.
type Stage = Option<(usize, usize)>;

impl<T: Item, DB: Backend> Progress<T, DB> {
    /// What to ask the database for next, if anything.
    fn wanted(&self) -> Result<Option<Wanted>, Error> {
        let Self { plan, .. } = self;
        if let Some(cursor) = &self.start {
            cursor.check::<DB>(&plan.key)?;
        }
        let rows = plan.next_rows(self.rows)?;
        if rows == 0 {
            return Ok(None);
        }
        // Not past the limit: what is not handed out need not be read.
        let one_more = rows.saturating_add(1);
        let asked = plan.left(self.rows).map_or(one_more, |left| left.min(one_more));
        Ok(Some(Wanted { key: plan.travelled(), rows, asked, first: self.rows == 0 }))
    }

    /// Whether the row of the cursor comes itself.
    fn includes_start(&self, wanted: &Wanted) -> bool {
        wanted.first && self.start.as_ref().is_some_and(|cursor| cursor.included)
    }

    /// The statements for a batch, each as the places that it reads.
    fn stages(&self, wanted: &Wanted) -> Vec<Stage> {
        let Some(position) = self.position.as_deref() else { return vec![None] };
        let from =
            Start { position, included: self.includes_start(wanted), next: self.extra.as_deref() };
        let count = sql::count_places::<DB>(&wanted.key, &self.items.filters, from);
        if DB::DIALECT.reads_places_in_turn {
            return (0..count).map(|place| Some((place, place + 1))).collect();
        }
        // In the middle of a tie, the rest of it is enough, and simpler to plan.
        if count > 1 && self.is_within_a_tie() {
            return vec![Some((0, 1)), Some((1, count))];
        }
        vec![Some((0, count))]
    }

    /// Whether all of the last batch and the row behind it differ in the last column alone.
    fn is_within_a_tie(&self) -> bool {
        let first = self.handed_out.iter().next();
        let tie = |key: &[RawValue]| key.split_last().map(|(_, tie)| tie.to_vec());
        match (first, self.handed_out.len(), &self.extra) {
            (Some(first), 2.., Some(extra)) => tie(first) == tie(extra),
            _ => false,
        }
    }

    /// What to send for some places, when so many rows of the batch were read before.
    fn request(
        &mut self,
        wanted: &Wanted,
        places: Stage,
        before: u64,
        is_last: bool,
    ) -> Result<Request<DB>, Error> {
        let Wanted { key, rows, asked, first } = wanted;
        let included = self.includes_start(wanted);
        let nulls_of = self.asks_for_nulls(wanted, before);
        let Self { plan, items: Items { filters, .. }, position, extra, companions, .. } = self;
        let next = extra.as_deref();
        let from = position.as_deref().map(|position| Start { position, included, next });
        let (inside, rows_asked) = (!first, asked - before);
        let ask = Ask { from, places, inside, rows: rows_asked, nulls_of, companions };
        let unbound = |source| Error::Bind { model: key.model.name, source };
        let mut statement = sql::batch(key, filters, ask).map_err(unbound)?;
        statement.persistent = plan.is_persistent::<DB>(key.model);
        let direct = self.direct && statement.values.is_some();
        let expected = Expected {
            key: key.clone(),
            position: self.position.clone(),
            included,
            extra: self.extra.clone(),
            before: self.rows,
            rows: rows - before.min(*rows),
            nulls_of,
            also: Arc::clone(&self.columns),
            companions: Arc::clone(&self.companions),
            kind: RowKind::Batch,
            types_asked: false,
            goes_on: before > 0,
            goes_short: !self.plan.is_page,
            followed: !self.columns.is_empty() || !is_last,
        };
        Ok(Request { statement, expected: Arc::new(expected), direct })
    }

    /// The column of which the first statement says whether it has NULLs at its end. A page that was
    /// reached by a cursor asks only if it is the last one.
    fn asks_for_nulls(&self, Wanted { key, first, .. }: &Wanted, before: u64) -> Option<usize> {
        let asks = *first && before == 0 && !(self.plan.is_page && self.position.is_some());
        if asks { key.trailing_nulls::<DB>() } else { None }
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
