//! Rows as they arrive: their keys are taken and compared, and then they are decoded.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use super::{
    fetched::Fetched,
    request::{Expected, RowKind},
};
use crate::{
    backend::{Backend, companion::Slot, direct::Sink, row::AnyRow},
    error::Error,
    model::{
        Model,
        layout::Layout,
        row::{ColumnError, DecodeAs, RowReader},
    },
    position::key::Key,
};

/// Collects the driver's rows.
pub(crate) trait Collect<DB: Backend>: Sized + Send {
    /// An empty one for the same statement, to send it once more.
    fn anew(&self) -> Self;

    fn push(&mut self, row: DB::Row) -> Result<(), Error>;

    /// Returns the number of rows, including the extra one.
    fn count(&self) -> u64 {
        0
    }

    /// Returns whether no more rows of the batch are needed.
    fn is_short(&self) -> bool {
        false
    }
}

/// The rows of a statement: read without the driver and decoded, or read by the driver.
pub(crate) enum Rows<M, S> {
    Decoded(Fetched<M>),
    Driver(S),
}

impl<M, S> Rows<M, S> {
    /// Returns the number of rows, including the extra one, and whether no more rows of the batch
    /// are needed.
    pub(crate) fn count<DB: Backend>(&self) -> (u64, bool)
    where
        S: Collect<DB>,
    {
        match self {
            Self::Decoded(batch) => (batch.count(), batch.is_short),
            Self::Driver(batch) => (batch.count(), batch.is_short()),
        }
    }
}

impl<M, DB: Backend> Rows<M, Collector<M, DB>> {
    pub(crate) fn decoded(self) -> Fetched<M> {
        match self {
            Self::Decoded(batch) => batch,
            Self::Driver(batch) => batch.finish(),
        }
    }
}

/// A batch as it fills.
pub(crate) struct Collector<M, DB: Backend> {
    decode: DecodeAs<M, DB>,
    expected: Arc<Expected>,
    /// True if rows of the batch were read before.
    goes_on: bool,
    layout: Option<Layout>,
    fetched: Fetched<M>,
}

impl<M, DB: Backend> Collector<M, DB> {
    pub(crate) fn new(decode: DecodeAs<M, DB>, expected: Arc<Expected>) -> Self {
        let fetched = Fetched::empty(&expected, capacity(&expected));
        Self { decode, goes_on: expected.goes_on, expected, layout: None, fetched }
    }

    /// Creates a collector for rows whose extra columns were already taken.
    pub(crate) fn of_rows_alone(decode: DecodeAs<M, DB>, expected: Arc<Expected>) -> Self {
        let mut collector = Self::new(decode, expected);
        collector.fetched.taken.clear();
        collector
    }

    /// Takes a row, however it was read.
    pub(crate) fn take(&mut self, row: AnyRow<'_, DB>) -> Result<(), Error> {
        let Self { decode: decode_row, expected, layout, fetched, goes_on } = self;
        let key = &expected.key;
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
        key.take::<DB>(row, layout, expected.given(), &mut fetched.keys)?;
        match expected.kind {
            RowKind::Batch => {
                expected.check_order(&fetched.keys, layout)?;
                if !fetched.keys.last().is_some_and(|key| expected.wants(key)) {
                    fetched.keys.pop();
                    return Ok(());
                }
                // The extra row only shows that more follow; the next statement reads it again.
                if fetched.rows.len() as u64 == expected.rows {
                    fetched.extra = Some(fetched.keys.pop());
                    return Ok(());
                }
            }
            RowKind::Related { numbered: true } => {
                fetched.key_indices.push(key_index(key, row)?);
            }
            RowKind::Related { numbered: false } | RowKind::Key => {}
        }
        match decode(*decode_row, key.model(), layout, row) {
            Ok(row) => fetched.rows.push(row),
            Err(error) => {
                let bad = fetched.keys.pop();
                let error = key.undecodable(error, &bad);
                if !expected.goes_short || fetched.rows.is_empty() && !*goes_on {
                    return Err(error);
                }
                // The rows before the bad one come first; then it is read again.
                fetched.extra = Some(bad);
                fetched.is_short = true;
                return Ok(());
            }
        }
        for (taken, values) in expected.taken.iter().zip(&mut fetched.taken) {
            taken.take::<DB>(key.model(), row, layout, values)?;
        }
        Ok(())
    }

    /// Notes that rows were read before these, so that a row that does not decode ends the batch.
    pub(crate) fn go_short(&mut self) {
        self.goes_on = true;
    }

    /// Ends the collection and returns its rows.
    pub(crate) fn finish(self) -> Fetched<M> {
        self.fetched
    }
}

impl<M: Send, DB: Backend> Collect<DB> for Collector<M, DB> {
    fn anew(&self) -> Self {
        Self::new(self.decode, Arc::clone(&self.expected))
    }

    fn push(&mut self, row: DB::Row) -> Result<(), Error> {
        self.take(AnyRow::Driver(&row))
    }

    fn count(&self) -> u64 {
        self.fetched.count()
    }

    fn is_short(&self) -> bool {
        self.fetched.is_short
    }
}

impl<M: Send + 'static, DB: Backend> Sink<DB> for Collector<M, DB> {
    fn anew(&self) -> Self {
        Self::new(self.decode, Arc::clone(&self.expected))
    }

    fn push(&mut self, row: DB::DirectRow<'_>) -> Result<(), Error> {
        self.take(AnyRow::Direct(row))
    }

    fn is_followed(&self) -> bool {
        self.fetched.extra.is_some() || self.expected.followed
    }
}

/// Rows that are decoded later.
impl<DB: Backend> Collect<DB> for Vec<DB::Row> {
    fn anew(&self) -> Self {
        Self::with_capacity(self.capacity())
    }

    fn push(&mut self, row: DB::Row) -> Result<(), Error> {
        self.push(row);
        Ok(())
    }

    fn count(&self) -> u64 {
        self.len() as u64
    }
}

/// Returns the number of rows to make room for before they arrive: a table that filled a batch is
/// likely to fill another, including the extra row.
pub(crate) fn capacity(expected: &Expected) -> usize {
    let full = usize::try_from(expected.rows.saturating_add(1)).unwrap_or(usize::MAX);
    if expected.before == 0 { 0 } else { full.min(MOST_RESERVED) }
}

/// The maximum number of rows to make room for before they arrive.
const MOST_RESERVED: usize = 10_000;

/// Learns and checks what holds for all rows of a statement.
pub(crate) fn first_row<DB: Backend>(
    row: AnyRow<'_, DB>,
    expected: &Expected,
) -> Result<Layout, Error> {
    expected.check_nulls(row)?;
    let Expected { key, companions, .. } = expected;
    let selected: Option<Vec<_>> =
        (expected.kind == RowKind::Key).then(|| key.order.iter().map(|sort| sort.column).collect());
    let further = expected.further();
    let selected = selected.as_deref().map(|columns| (0, columns));
    let mut layout = Layout::of::<DB>(key.model(), row, selected, companions, further);
    if matches!(expected.kind, RowKind::Batch | RowKind::Key) {
        key.check_types::<DB>(row, &layout)?;
        layout.cut_short = key.cut_short(row, &layout);
    } else {
        layout.trust();
    }
    Ok(layout)
}

/// Returns whether, judging by a row, the columns still need companions: they do not if each
/// companion is NULL next to a value.
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

/// Returns the index in the list of values that a row was found by, from its last column.
fn key_index<DB: Backend>(key: &Key, row: AnyRow<'_, DB>) -> Result<usize, Error> {
    let number = row.last_number().and_then(|number| Ok(usize::try_from(number - 1)?));
    number.map_err(|source| key.refused::<DB>(sqlx::Error::Decode(source)))
}

/// Decodes a row. Some of the driver's decoding panics: on moments that chrono does not have.
pub(super) fn decode<M, DB: Backend>(
    decode: DecodeAs<M, DB>,
    model: &'static Model,
    layout: &Layout,
    row: AnyRow<'_, DB>,
) -> Result<M, ColumnError> {
    let reader = RowReader { model, layout, row };
    match catch_unwind(AssertUnwindSafe(|| decode(&reader))) {
        Ok(row) => row,
        Err(panic) => Err(reader.panicked(&*panic)),
    }
}
