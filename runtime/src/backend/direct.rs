//! The direct route: reading a statement on the connection's own handle, without the driver.

use std::{any::TypeId, convert::Infallible, fmt};

use sqlx::{Database, Pool, error::BoxDynError};

use super::{companion::Slot, statement::Statement, value::RawValue};
use crate::error::Error;

/// A database that may be readable without the driver.
#[doc(hidden)]
pub trait DirectRoute: Database {
    /// A row that was read without the driver.
    type DirectRow<'r>: DirectRow;

    /// The state kept from one statement to the next.
    type Session: Default + fmt::Debug + Send;

    /// Returns whether fields of these types can be read.
    fn reads_directly(_fields: impl IntoIterator<Item = TypeId>) -> bool {
        false
    }

    /// Reads the rows of a statement into a sink. If anything is unexpected, returns the statement
    /// for the driver to send.
    fn read_directly<S: Sink<Self>>(
        _pool: &Pool<Self>,
        _session: &mut Self::Session,
        statement: Statement<Self>,
        _sink: S,
    ) -> impl Future<Output = Result<Direct<S, Self>, sqlx::Error>> + Send {
        std::future::ready(Ok(Direct::Refused(statement)))
    }
}

/// The result of the direct route.
#[doc(hidden)]
pub enum Direct<S, DB: Database> {
    /// The sink, with all rows in it.
    Read(S),
    /// Nothing was read: the driver must send the statement.
    Refused(Statement<DB>),
}

/// Collects the rows of a statement.
#[doc(hidden)]
pub trait Sink<DB: DirectRoute>: Sized + Send + 'static {
    /// Returns an empty sink for the same statement, to read it again.
    fn anew(&self) -> Self;

    /// Takes a row.
    ///
    /// # Errors
    ///
    /// Returns an error if the row contradicts what is known of the statement, or does not decode.
    fn push(&mut self, row: DB::DirectRow<'_>) -> Result<(), Error>;

    /// Returns the number of rows.
    fn count(&self) -> u64;

    /// Returns whether another statement is likely to follow at once.
    fn is_followed(&self) -> bool;
}

/// A row that was read without the driver. Errors are not reported: the driver reads the row again.
#[doc(hidden)]
pub trait DirectRow: Copy {
    /// Returns the number of columns.
    fn len(self) -> usize;

    /// Returns the value of a column, in the database's own form.
    fn raw(self, slot: Slot) -> Result<RawValue, BoxDynError>;

    /// Returns whether the value of a column is NULL.
    fn is_null(self, ordinal: usize) -> Result<bool, BoxDynError>;

    /// Decodes the value of a column.
    fn get<T: 'static>(self, ordinal: usize) -> Result<T, BoxDynError>;
}

/// Used for databases whose rows all come from the driver.
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
