//! The direct route: reading a statement on the connection's own handle, without the driver.

use std::{any::TypeId, convert::Infallible, fmt};

use sqlx::{Database, Pool, error::BoxDynError};

use super::{companion::Slot, statement::Statement, value::RawValue};
use crate::error::Error;

/// How a database is read without the driver, if it can be.
#[doc(hidden)]
pub trait DirectRoute: Database {
    /// A row that was read without the driver.
    type DirectRow<'r>: DirectRow;

    /// What is kept from one statement to the next.
    type Session: Default + fmt::Debug + Send;

    /// Whether fields of these types can be read.
    fn reads_directly(_fields: impl IntoIterator<Item = TypeId>) -> bool {
        false
    }

    /// Reads the rows of a statement into a sink. If anything is unexpected, the statement comes
    /// back, to be sent by the driver.
    fn read_directly<S: Sink<Self>>(
        _pool: &Pool<Self>,
        _session: &mut Self::Session,
        statement: Statement<Self>,
        _sink: S,
    ) -> impl Future<Output = Result<Direct<S, Self>, sqlx::Error>> + Send {
        std::future::ready(Ok(Direct::Refused(statement)))
    }
}

/// What came of the direct route.
#[doc(hidden)]
pub enum Direct<S, DB: Database> {
    /// The sink, with all rows in it.
    Read(S),
    /// Nothing: the driver must send the statement.
    Refused(Statement<DB>),
}

/// What the rows of a statement are collected in.
#[doc(hidden)]
pub trait Sink<DB: DirectRoute>: Sized + Send + 'static {
    /// An empty sink for the same statement, to read it once more.
    fn anew(&self) -> Self;

    /// Takes a row.
    ///
    /// # Errors
    ///
    /// If the row contradicts what is known of the statement, or does not decode.
    fn push(&mut self, row: DB::DirectRow<'_>) -> Result<(), Error>;

    /// How many rows came.
    fn count(&self) -> u64;

    /// Whether another statement is likely to follow at once.
    fn is_followed(&self) -> bool;
}

/// A row that was read without the driver. Errors are not reported: the driver reads the row again.
#[doc(hidden)]
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

/// For databases whose rows all come from the driver.
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
