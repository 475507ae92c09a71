//! Errors that name the rows of an order.

use std::sync::Arc;

use sqlx::error::BoxDynError;

use super::{key::Key, point::Point};
use crate::{
    backend::{Backend, contention::Contention, value::RawValue},
    error::{CursorMismatch, Error, PartMismatch},
    model::row::ColumnError,
};

impl Key {
    /// The error for a statement that could not write rows, or whose transaction could not be had.
    pub(crate) fn unwritten<DB: Backend>(&self, source: sqlx::Error) -> Error {
        let hint = DB::hint(&source).or_else(|| DB::contention(&source).map(Contention::of_writes));
        Error::Write { model: self.model().name, table: self.table.to_cow(), source, hint }
    }

    /// The error for a COMMIT whose answer was lost.
    pub(crate) fn unknown(&self, source: Arc<sqlx::Error>) -> Error {
        Error::CommitUnknown { model: self.model().name, table: self.table.to_cow(), source }
    }

    /// The error for a batch that is asked for while the one before it is open.
    pub(crate) fn still_open(&self) -> Error {
        Error::StillOpen { model: self.model().name }
    }

    /// The error for a batch that again and again wrote more rows than the limit leaves.
    pub(crate) fn over_limit(&self) -> Error {
        Error::OverLimit { model: self.model().name, table: self.table.to_cow() }
    }

    /// Returns the error for a column that the database sorts by another rule than it compares by.
    pub(crate) fn unsound(&self, column: usize, source: BoxDynError) -> Error {
        let column = self.model().columns[column].column;
        Error::KeyType { model: self.model().name, column, source }
    }

    pub(crate) fn null(&self, column: usize) -> Error {
        let name = &self.model().columns[column];
        Error::NullKey { model: self.model().name, field: name.field, column: name.column }
    }

    pub(crate) fn duplicate(&self, values: &[RawValue]) -> Error {
        Error::DuplicateKey {
            model: self.model().name,
            table: self.table.to_cow(),
            key: self.describe(values),
            hint: self.model().join.map(|_| ONE_PARTNER),
        }
    }

    /// Returns the error for a value that does not decode, in the row with this key.
    pub(crate) fn undecodable(&self, error: ColumnError, row: &[RawValue]) -> Error {
        let ColumnError { column, value, source } = error;
        Error::Decode {
            model: self.model().name,
            column: column.into_owned(),
            value: value.map(Into::into),
            key: self.describe(row).into(),
            token: Some(Point::of(self.clone(), row.to_vec()).to_token().into()),
            source,
        }
    }

    pub(crate) fn no_progress(&self, values: &[RawValue]) -> Error {
        Error::NoProgress { model: self.model().name, key: self.describe(values) }
    }

    /// Returns the error for a cursor whose values now mean something else.
    pub(crate) fn outdated(&self) -> Error {
        Error::Cursor { model: self.model().name, reason: CursorMismatch::Changed }
    }

    /// Returns the error for a part that does not belong to the iteration.
    pub(crate) fn misses_part(&self, reason: PartMismatch) -> Error {
        Error::Part { model: self.model().name, reason }
    }

    /// Returns the error for a row that is sorted after a position but compared as if it were not.
    pub(crate) fn disorder(&self, position: &[RawValue], row: &[RawValue]) -> Error {
        Error::Order {
            model: self.model().name,
            table: self.table.to_cow(),
            position: self.describe(position),
            row: self.describe(row),
        }
    }

    pub(crate) fn refused<DB: Backend>(&self, source: sqlx::Error) -> Error {
        let hint = DB::hint(&source).or_else(|| DB::contention(&source).map(Contention::of_reads));
        Error::Query { model: self.model().name, table: self.table.to_cow(), source, hint }
    }
}

/// What a join must do, or rows are handed out more than once.
const ONE_PARTNER: &str = "the `join` must find one row at most for each of its rows";
