//! Rows that are read without the driver, where a database allows that.

use std::convert::Infallible;

use sqlx::error::BoxDynError;

use crate::backend::{Slot, value::RawValue};

/// A row that was read without the driver. Errors are not reported: the driver reads the row again.
pub trait DirectRow: Copy {
    /// How many columns there are.
    fn len(self) -> usize;

    /// The value of a column, in the database's own form.
    fn raw(self, slot: Slot) -> Result<RawValue, BoxDynError>;

    /// Whether the value of a column is NULL.
    fn is_null(self, ordinal: usize) -> Result<bool, BoxDynError>;

    /// Decodes the value of a column.
    fn get<T: 'static>(self, ordinal: usize) -> Result<T, BoxDynError>;
}

/// For databases of which the driver reads all rows.
impl DirectRow for Infallible {
    fn len(self) -> usize {
        match self {}
    }

    fn raw(self, _: Slot) -> Result<RawValue, BoxDynError> {
        match self {}
    }

    fn is_null(self, _: usize) -> Result<bool, BoxDynError> {
        match self {}
    }

    fn get<T: 'static>(self, _: usize) -> Result<T, BoxDynError> {
        match self {}
    }
}
