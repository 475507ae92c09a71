//! From a statement to a batch: rows are decoded, and their keys compared.

use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::{Poll, ready},
};

use futures_core::stream::BoxStream;
use sqlx::{Connection as _, Either, Row as _};

use crate::{
    backend::{Backend, Slot, Statement, Step, value::RawValue},
    error::Error,
    model::{
        Model, Select,
        row::{AnyRow, ColumnError, Layout, ReadRow, RowReader},
    },
    position::key::{Key, Keys, Taken},
};

/// What to send for one batch, and what to expect.
pub struct Request<DB: Backend> {
    pub(crate) statement: Statement<DB>,
    pub(crate) expected: Arc<Expected>,
    /// Whether to try to read it without the driver.
    pub(crate) direct: bool,
}

impl<DB: Backend> Clone for Request<DB> {
    fn clone(&self) -> Self {
        let Self { statement, expected, direct } = self;
        Self { statement: statement.clone(), expected: Arc::clone(expected), direct: *direct }
    }
}

impl<DB: Backend> Request<DB> {
    /// Whether all columns are selected, whichever they are.
    fn selects_everything(&self) -> bool {
        self.expected.key.model.select == Select::Everything
    }

    /// Whether a transaction has to hold together what is sent.
    pub(crate) fn needs_transaction(&self) -> bool {
        DB::DIALECT.splits_unnamed_statements && !self.statement.persistent
            || DB::DIALECT.learns_columns_once && self.selects_everything()
    }

    /// In a transaction, a prepared statement that no longer fits the table could not be sent again.
    pub(crate) fn unnamed_for_all_columns(mut self) -> Self {
        self.statement.persistent &= !self.selects_everything();
        self
    }
}

/// What is known of the rows of a batch before they arrive.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is known")]
pub(crate) struct Expected {
    pub(crate) key: Key,
    /// The key of the row that the last batch ended with.
    pub(crate) position: Option<Vec<RawValue>>,
    /// Whether that row itself may come.
    pub(crate) included: bool,
    /// The key of the extra row that the last batch read but did not return.
    pub(crate) extra: Option<Vec<RawValue>>,
    /// How many rows were read before.
    pub(crate) before: u64,
    /// How many rows to hand out at most; one more is only looked at.
    pub(crate) rows: u64,
    /// The key column whose NULLs the statement reports in its last column.
    pub(crate) nulls_of: Option<usize>,
    /// Columns whose values are taken as well, list by list: what related rows are found by.
    pub(crate) also: Arc<[Taken]>,
    /// The columns that are selected with their companions.
    pub(crate) companions: Arc<[usize]>,
    /// Whether these are the rows of a batch, or those related to one.
    pub(crate) kind: RowKind,
    /// Whether the types of the key's columns are asked for.
    pub(crate) types_asked: bool,
    /// Whether rows of the same batch were read by the statement before.
    pub(crate) goes_on: bool,
    /// Whether the rows in front of one that does not decode are a batch of their own.
    pub(crate) goes_short: bool,
    /// Whether another statement is likely to follow at once, even if all rows were read.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
    pub(crate) followed: bool,
}

/// What the rows of a statement are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowKind {
    /// A batch: sorted by its key, which no two of them share.
    Batch,
    /// Rows that were asked for by a list of values of the key.
    Related {
        /// Whether the last column says which one of the list a row was found by.
        numbered: bool,
    },
}

impl Expected {
    /// An answer to a question about a key.
    pub(crate) fn answer(key: Key) -> Self {
        Self {
            key,
            position: None,
            included: false,
            extra: None,
            before: 0,
            rows: 1,
            nulls_of: None,
            also: Arc::default(),
            companions: Arc::default(),
            kind: RowKind::Batch,
            types_asked: false,
            goes_on: false,
            goes_short: false,
            followed: true,
        }
    }

    /// Compares the last key of a batch with the one before it.
    #[inline]
    fn check_order(&self, keys: &Keys, layout: &Layout) -> Result<(), Error> {
        let (before, this) = keys.last_two();
        let Some(before) = before.or(self.position.as_deref()) else { return Ok(()) };
        if keys.len() == 1 && !before.iter().zip(this).all(|(b, t)| b.fits(t)) {
            return Err(self.key.outdated());
        }
        if before != this || self.included && keys.len() == 1 {
            return self.key.check_length(before, this, layout);
        }
        Err(if keys.len() > 1 { self.key.duplicate(this) } else { self.key.no_progress(this) })
    }

    /// How many columns there are behind the companions.
    fn further(&self) -> usize {
        match self.kind {
            RowKind::Batch => usize::from(self.nulls_of.is_some()),
            RowKind::Related { numbered } => usize::from(numbered),
        }
    }
}

/// A batch as it was read: without the driver, and decoded; or by it.
pub(crate) enum Read<M, S> {
    Direct(Fetched<M>),
    Driver(S),
}

impl<M, S> Read<M, S> {
    /// How many rows there are, a further one included; and whether no more of the batch are of use.
    pub(crate) fn count<DB: Backend>(&self) -> (u64, bool)
    where
        S: Sink<DB>,
    {
        match self {
            Self::Direct(batch) => (batch.count(), batch.is_short),
            Self::Driver(batch) => (batch.count(), batch.is_short()),
        }
    }
}

impl<M> Read<M, Collector<M>> {
    pub(crate) fn decoded(self) -> Fetched<M> {
        match self {
            Self::Direct(batch) => batch,
            Self::Driver(batch) => batch.finish(),
        }
    }
}

/// The rows of one statement.
pub struct Fetched<M> {
    pub(crate) rows: Vec<M>,
    pub(crate) keys: Keys,
    /// The values of further columns, list by list.
    pub(crate) also: Vec<Keys>,
    /// Where in a list of values each row was found, if the statement says so.
    pub(crate) numbers: Vec<usize>,
    /// The key of the further row, if one was seen.
    pub(crate) extra: Option<Vec<RawValue>>,
    /// Whether it ends in front of a row that does not decode, which is taken for the further row.
    pub(crate) is_short: bool,
    /// Whether the next statement has to select companions again.
    pub(crate) companions: bool,
}

impl<M> Fetched<M> {
    fn count(&self) -> u64 {
        self.rows.len() as u64 + u64::from(self.extra.is_some())
    }

    /// The rows of the next place.
    pub(crate) fn append(&mut self, next: Self) {
        let has_rows = self.count() > 0;
        self.companions = match (has_rows, next.count() > 0) {
            (true, true) => self.companions || next.companions,
            (true, false) => self.companions,
            (false, _) => next.companions,
        };
        self.rows.extend(next.rows);
        self.keys.append(next.keys);
        for (values, next) in self.also.iter_mut().zip(next.also) {
            values.append(next);
        }
        self.numbers.extend(next.numbers);
        self.extra = next.extra;
        self.is_short = next.is_short;
    }

    /// The keys of all rows, that of the further one included.
    pub(crate) fn all_keys(&self) -> Keys {
        let mut keys = self.keys.clone();
        if let Some(extra) = &self.extra {
            keys.push(extra);
        }
        keys
    }
}

/// Why no batch was read.
pub(crate) enum Failure {
    /// The statement failed.
    Query { source: sqlx::Error, rows_seen: bool },
    /// A row is not as it should be.
    Rows(Error),
}

impl From<sqlx::Error> for Failure {
    fn from(source: sqlx::Error) -> Self {
        Self::Query { source, rows_seen: false }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Rows(error)
    }
}

/// What becomes of rows as they arrive.
pub(crate) trait Sink<DB: Backend>: Send {
    fn new(expected: &Expected) -> Self;

    fn push(&mut self, row: DB::Row, expected: &Expected) -> Result<(), Error>;

    /// How many rows there are, a further one included.
    fn count(&self) -> u64 {
        0
    }

    /// Whether no more rows of the batch are of use.
    fn is_short(&self) -> bool {
        false
    }
}

/// Reads one batch on a connection.
pub(crate) async fn batch<S, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
) -> Result<S, Failure>
where
    S: Sink<DB>,
    DB: Backend,
{
    let Request { statement, expected, .. } = request;
    DB::refresh(connection, expected.key.model).await?;
    fetch(connection, statement, &expected).await
}

async fn fetch<S, DB>(
    connection: &mut DB::Connection,
    statement: Statement<DB>,
    expected: &Expected,
) -> Result<S, Failure>
where
    S: Sink<DB>,
    DB: Backend,
{
    match fetch_once(connection, statement.clone(), expected).await {
        // Nothing was handed out, and in no transaction is anything lost by another try.
        Err(Failure::Query { source, rows_seen: false }) if DB::is_outdated(&source) => {
            connection.clear_cached_statements().await?;
            let again = fetch_once(connection, statement, expected).await;
            again.map_err(|failure| match failure {
                Failure::Query { source: after, .. } if DB::is_aborted(&after) => source.into(),
                failure => failure,
            })
        }
        batch => batch,
    }
}

async fn fetch_once<S, DB>(
    connection: &mut DB::Connection,
    statement: Statement<DB>,
    expected: &Expected,
) -> Result<S, Failure>
where
    S: Sink<DB>,
    DB: Backend,
{
    let mut batch = S::new(expected);
    let mut failed = None;
    let mut rows_seen = false;
    let stream = DB::fetch(connection, statement);
    let drained = drain::<DB>(stream, |row| {
        rows_seen = true;
        if failed.is_none() {
            failed = batch.push(row, expected).err();
        }
    });
    drained.await.map_err(|source| Failure::Query { source, rows_seen })?;
    failed.map_or(Ok(batch), |error| Err(error.into()))
}

/// Takes all rows of a statement, even if the first of them is enough: a stream dropped half-read
/// leaves its rows to whoever uses the connection next.
async fn drain<DB: Backend>(
    mut stream: BoxStream<'_, Result<Step<DB>, sqlx::Error>>,
    mut take: impl FnMut(DB::Row),
) -> Result<(), sqlx::Error> {
    let mut ended = false;
    // In one piece, rather than a future for each row.
    poll_fn(|context| {
        loop {
            match ready!(stream.as_mut().poll_next(context)) {
                Some(Ok(Either::Right(row))) => take(row),
                Some(Ok(Either::Left(_))) => ended = true,
                Some(Err(error)) => return Poll::Ready(Err(error)),
                None if ended => return Poll::Ready(Ok(())),
                // A driver that panics on its own thread just stops.
                None => return Poll::Ready(Err(sqlx::Error::WorkerCrashed)),
            }
        }
    })
    .await
}

/// Learns and checks what holds for all rows of a statement.
pub(crate) fn first_row<DB: Backend>(
    row: AnyRow<'_, DB>,
    expected: &Expected,
) -> Result<Layout, Error> {
    check_nulls::<DB>(row, expected)?;
    let Expected { key, companions, .. } = expected;
    let mut layout = Layout::of::<DB>(key.model, row, companions, expected.further());
    if expected.kind == RowKind::Batch {
        key.check_types::<DB>(row, &layout)?;
        layout.cut_short = key.cut_short(row, &layout);
    } else {
        layout.trust();
    }
    Ok(layout)
}

/// Whether the columns still need companions, as a row shows: not once one was NULL beside a value.
pub(crate) fn needs_companions<DB: Backend>(
    row: AnyRow<'_, DB>,
    layout: &Layout,
    expected: &Expected,
) -> bool {
    expected.companions.iter().any(|&column| {
        let Some(Slot { ordinal, companion: Some(companion) }) = layout.slot(column) else {
            return true;
        };
        let is_null = |ordinal| row.is_null(ordinal).unwrap_or(false);
        is_null(ordinal) || !is_null(companion)
    })
}

/// Looks at the last column of the first statement's rows, where it reports NULLs in the key.
fn check_nulls<DB: Backend>(row: AnyRow<'_, DB>, expected: &Expected) -> Result<(), Error> {
    let Some(column) = expected.nulls_of else { return Ok(()) };
    match row.last_flag() {
        Ok(false) => Ok(()),
        Ok(true) => Err(expected.key.null(column)),
        Err(source) => Err(expected.key.refused::<DB>(sqlx::Error::Decode(source))),
    }
}

/// Looks at the last column of rows that were asked for by a list of values.
fn number<DB: Backend>(key: &Key, row: AnyRow<'_, DB>) -> Result<usize, Error> {
    let number = row.last_number().and_then(|number| Ok(usize::try_from(number - 1)?));
    number.map_err(|source| key.refused::<DB>(sqlx::Error::Decode(source)))
}

/// Decodes a row. Some decoding of the driver's panics, on moments that chrono does not have.
fn decode<M: ReadRow<DB>, DB: Backend>(
    model: &'static Model,
    layout: &Layout,
    row: AnyRow<'_, DB>,
) -> Result<M, ColumnError> {
    let reader = RowReader { model, layout, row };
    match catch_unwind(AssertUnwindSafe(|| M::read_row(&reader))) {
        Ok(row) => row,
        Err(panic) => Err(reader.panicked(&*panic)),
    }
}

/// A batch as it fills.
pub(crate) struct Collector<M> {
    /// Whether rows of the batch were read before.
    goes_on: bool,
    layout: Option<Layout>,
    fetched: Fetched<M>,
}

impl<M> Collector<M> {
    pub(crate) fn new(expected: &Expected) -> Self {
        let rows = Vec::with_capacity(room(expected));
        let keys = Keys::new(expected.key.order.len());
        let also = expected.also.iter().map(|taken| Keys::new(taken.columns().len())).collect();
        let (numbers, companions) = (Vec::new(), !expected.companions.is_empty());
        let fetched =
            Fetched { rows, keys, also, numbers, extra: None, is_short: false, companions };
        Self { goes_on: expected.goes_on, layout: None, fetched }
    }

    /// For rows of which the further columns were taken before.
    pub(crate) fn of_rows_alone(expected: &Expected) -> Self {
        let mut collector = Self::new(expected);
        collector.fetched.also.clear();
        collector
    }

    pub(crate) fn push<DB: Backend>(
        &mut self,
        row: AnyRow<'_, DB>,
        expected: &Expected,
    ) -> Result<(), Error>
    where
        M: ReadRow<DB>,
    {
        let key = &expected.key;
        let Self { layout, fetched, goes_on } = self;
        if fetched.is_short {
            return Ok(());
        }
        let layout = if let Some(layout) = layout {
            &*layout
        } else {
            let layout = layout.insert(first_row::<DB>(row, expected)?);
            fetched.companions = needs_companions(row, layout, expected);
            layout
        };
        key.take::<DB>(row, layout, expected.position.as_deref(), &mut fetched.keys)?;
        match expected.kind {
            RowKind::Batch => {
                expected.check_order(&fetched.keys, layout)?;
                // The one row more than asked for tells that more follow, and is read again by the
                // next statement.
                if fetched.rows.len() as u64 == expected.rows {
                    fetched.extra = Some(fetched.keys.pop());
                    return Ok(());
                }
            }
            RowKind::Related { numbered: true } => fetched.numbers.push(number(key, row)?),
            RowKind::Related { numbered: false } => {}
        }
        match decode::<M, DB>(key.model, layout, row) {
            Ok(row) => fetched.rows.push(row),
            Err(error) => {
                let bad = fetched.keys.pop();
                let error = key.undecodable(error, &bad);
                if !expected.goes_short || fetched.rows.is_empty() && !*goes_on {
                    return Err(error);
                }
                // The rows in front of it come first, and then it is met again.
                fetched.extra = Some(bad);
                fetched.is_short = true;
                return Ok(());
            }
        }
        for (taken, values) in expected.also.iter().zip(&mut fetched.also) {
            key.model.take::<DB>(taken, row, layout, values)?;
        }
        Ok(())
    }

    /// Has rows in front already, so that one that does not decode ends the batch.
    pub(crate) fn go_short(&mut self) {
        self.goes_on = true;
    }

    /// The rows, once there are no more.
    pub(crate) fn finish(self) -> Fetched<M> {
        self.fetched
    }
}

impl<M: ReadRow<DB>, DB: Backend> Sink<DB> for Collector<M> {
    fn new(expected: &Expected) -> Self {
        Self::new(expected)
    }

    fn push(&mut self, row: DB::Row, expected: &Expected) -> Result<(), Error> {
        self.push::<DB>(AnyRow::Driver(&row), expected)
    }

    fn count(&self) -> u64 {
        self.fetched.count()
    }

    fn is_short(&self) -> bool {
        self.fetched.is_short
    }
}

/// The answer to a question, which a statement gives in its last column.
pub(crate) struct Answer(pub(crate) bool);

impl<DB: Backend> Sink<DB> for Answer {
    fn new(_: &Expected) -> Self {
        Self(false)
    }

    fn push(&mut self, row: DB::Row, expected: &Expected) -> Result<(), Error> {
        let answer = AnyRow::<DB>::Driver(&row).last_flag();
        let unreadable = |source| expected.key.refused::<DB>(sqlx::Error::Decode(source));
        self.0 = answer.map_err(unreadable)?;
        Ok(())
    }
}

/// The answers to what is asked where no row came: an error unless all is as it should be.
pub(crate) struct AtEnd;

impl<DB: Backend> Sink<DB> for AtEnd {
    fn new(_: &Expected) -> Self {
        Self
    }

    fn push(&mut self, row: DB::Row, expected: &Expected) -> Result<(), Error> {
        let Expected { key, position, nulls_of, .. } = expected;
        let unreadable = |source| key.refused::<DB>(source);
        let position = position.as_deref().unwrap_or_default();
        let mut ordinals = 0..row.len();
        let typed = key.typed_parts::<DB>().filter(|_| expected.types_asked);
        for ((part, _), ordinal) in typed.zip(&mut ordinals) {
            if !DB::has_type_of(&row, ordinal, &position[part]).map_err(unreadable)? {
                return Err(key.outdated());
            }
        }
        let nulls = nulls_of.and_then(|column| Some((column, ordinals.next_back()?)));
        for ordinal in ordinals {
            if DB::flag(&row, ordinal).map_err(unreadable)? {
                return Err(key.outdated());
            }
        }
        match nulls {
            Some((column, ordinal)) if DB::flag(&row, ordinal).map_err(unreadable)? => {
                Err(key.null(column))
            }
            _ => Ok(()),
        }
    }
}

/// Rows that are decoded later.
impl<DB: Backend> Sink<DB> for Vec<DB::Row> {
    fn new(expected: &Expected) -> Self {
        Self::with_capacity(room(expected))
    }

    fn push(&mut self, row: DB::Row, _: &Expected) -> Result<(), Error> {
        self.push(row);
        Ok(())
    }

    fn count(&self) -> u64 {
        self.len() as u64
    }
}

/// How many rows there is to be room for before they arrive: a table that filled a batch is likely
/// to fill another, and then there is the one row more.
fn room(expected: &Expected) -> usize {
    let full = usize::try_from(expected.rows.saturating_add(1)).unwrap_or(usize::MAX);
    if expected.before == 0 { 0 } else { full.min(MOST_RESERVED) }
}

/// For how many rows there is room at most before they arrive.
const MOST_RESERVED: usize = 10_000;
