//! A row, whether it came from the driver or not.

use sqlx::{Row as _, error::BoxDynError};

use super::{
    companion::Slot,
    direct::{DirectRoute, DirectRow as _},
    exact::ExactValues,
    value::RawValue,
};

/// A row from the driver or from the direct route.
pub(crate) enum AnyRow<'r, DB: DirectRoute> {
    Driver(&'r DB::Row),
    /// Only for models whose columns are listed.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
    Direct(DB::DirectRow<'r>),
}

impl<DB: DirectRoute> Clone for AnyRow<'_, DB> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<DB: DirectRoute> Copy for AnyRow<'_, DB> {}

impl<DB: DirectRoute + ExactValues> AnyRow<'_, DB> {
    /// Returns the value of a column, in the database's own form.
    pub(crate) fn raw(self, slot: Slot) -> Result<RawValue, BoxDynError> {
        match self {
            Self::Driver(row) => DB::raw(row, slot),
            Self::Direct(row) => row.raw(slot),
        }
    }

    /// Returns the value of a column, to find related rows by it.
    pub(crate) fn reference(self, slot: Slot) -> Result<RawValue, BoxDynError> {
        match self {
            Self::Driver(row) => DB::reference(row, slot),
            Self::Direct(row) => row.raw(slot),
        }
    }

    /// Returns whether the value of a column is NULL.
    pub(crate) fn is_null(self, ordinal: usize) -> Result<bool, BoxDynError> {
        match self {
            Self::Driver(row) => Ok(DB::is_null(row, ordinal)?),
            Self::Direct(row) => row.is_null(ordinal),
        }
    }

    /// Returns the value of a column for messages, if it can be shown.
    pub(crate) fn show(self, ordinal: usize) -> Option<String> {
        const LONGEST: usize = 100;
        let text = match self {
            Self::Driver(row) => DB::show(row, ordinal),
            Self::Direct(_) => None,
        }?;
        Some(match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        })
    }

    /// Returns a better reason why a value does not decode, if there is one.
    pub(crate) fn explain(self, ordinal: usize, source: BoxDynError) -> BoxDynError {
        match self {
            Self::Driver(row) => DB::explain(row, ordinal, source),
            Self::Direct(_) => source,
        }
    }

    /// Returns the number of columns.
    pub(crate) fn len(self) -> usize {
        match self {
            Self::Driver(row) => row.len(),
            Self::Direct(row) => row.len(),
        }
    }

    /// Returns the boolean in a column, which the statement itself computed.
    pub(crate) fn flag(self, ordinal: usize) -> Result<bool, BoxDynError> {
        match self {
            Self::Driver(row) => Ok(DB::flag(row, ordinal)?),
            Self::Direct(row) => row.flag(ordinal),
        }
    }

    /// Returns the number in the last column, which the statement itself computed.
    pub(crate) fn last_number(self) -> Result<i64, BoxDynError> {
        match self {
            Self::Driver(row) => Ok(DB::number(row, row.len() - 1)?),
            Self::Direct(row) => row.number(row.len() - 1),
        }
    }
}
