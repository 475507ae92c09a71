//! The places of a model's columns in the rows of a statement.

use std::{cell::Cell, sync::Arc};

use sqlx::error::BoxDynError;

use super::{ColumnName, Model, Select};
use crate::{
    backend::{Backend, companion::Slot, row::AnyRow, value::RawValue},
    error::Error,
};

/// Facts about the columns of a model that hold for all rows of a statement.
pub(crate) struct Layout {
    /// The places of the columns, if not those of the model's list; a column can be missing.
    ordinals: Option<Vec<Option<usize>>>,
    /// The column of the last field that has a default.
    pub(super) defaulted: Cell<Option<usize>>,
    /// The column that was read last.
    pub(super) last_read: Cell<Option<usize>>,
    /// For each column, true once its type is known to fit the field.
    pub(super) checked: Vec<Cell<bool>>,
    /// The columns that have a companion, and the place of the first companion.
    companions: (Arc<[usize]>, usize),
    /// A bit for each part of the key, set after its first value.
    met: Cell<u32>,
    /// The parts of the key of which the database sorts only the first bytes, and how many.
    pub(crate) cut_short: Vec<(usize, usize)>,
}

impl Layout {
    /// Returns the layout of rows that end with some companions and `further` other columns. If only
    /// some columns were selected, they come in the order of the list.
    pub(crate) fn of<DB: Backend>(
        model: &Model,
        row: AnyRow<'_, DB>,
        selected: Option<(usize, &[usize])>,
        companions: &Arc<[usize]>,
        further: usize,
    ) -> Self {
        let ordinals = match (selected, model.select, row) {
            (Some((first, selected)), ..) => {
                let place =
                    |column| selected.iter().position(|one| *one == column).map(|at| first + at);
                Some((0..model.columns.len()).map(place).collect())
            }
            (None, Select::Columns, _) | (None, _, AnyRow::Direct(_)) => None,
            (None, Select::Everything, AnyRow::Driver(row)) => {
                let ordinal = |name: &ColumnName| DB::ordinal(row, name.column);
                Some(model.columns.iter().map(ordinal).collect())
            }
        };
        let first = row.len().saturating_sub(further + companions.len());
        Self {
            ordinals,
            defaulted: Cell::new(None),
            last_read: Cell::new(None),
            checked: vec![Cell::new(false); model.columns.len()],
            companions: (Arc::clone(companions), first),
            met: Cell::new(0),
            cut_short: Vec::new(),
        }
    }

    /// Returns whether this is the first value of a part of the key.
    #[inline]
    pub(crate) fn is_new(&self, part: usize) -> bool {
        // An order has at most 8 columns.
        let met = self.met.get();
        self.met.set(met | 1 << part.min(31));
        met != self.met.get()
    }

    /// Marks the key as one that rows are not sorted by.
    pub(crate) fn trust(&self) {
        self.met.set(u32::MAX);
    }

    /// Returns the places of a column and its companion, if the row has the column.
    #[inline]
    pub(crate) fn slot(&self, column: usize) -> Option<Slot> {
        let (columns, first) = &self.companions;
        let companion = columns.iter().position(|one| *one == column).map(|index| first + index);
        self.ordinal(column).map(|ordinal| Slot { ordinal, companion })
    }

    /// Returns the value that a row has in a column, in the database's own form.
    #[inline]
    pub(crate) fn value(
        &self,
        model: &Model,
        column: usize,
        take: impl FnOnce(Slot) -> Result<RawValue, BoxDynError>,
    ) -> Result<RawValue, Error> {
        let missing = || BoxDynError::from(NO_SUCH_COLUMN);
        self.slot(column).ok_or_else(missing).and_then(take).map_err(|source| Error::Decode {
            value: None,
            key: Box::default(),
            token: None,
            model: model.name,
            column: model.columns[column].column.to_owned(),
            source,
        })
    }

    #[inline]
    pub(crate) fn ordinal(&self, column: usize) -> Option<usize> {
        match &self.ordinals {
            None => Some(column),
            Some(ordinals) => ordinals[column],
        }
    }
}

/// The reason why a field without a column cannot be read.
pub(super) const NO_SUCH_COLUMN: &str = "the table has no column of this name";
