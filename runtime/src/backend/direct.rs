//! The direct route: reading a statement on the connection's own handle, without the driver.

use std::{convert::Infallible, fmt};

use sqlx::{Database, Decode, Type, error::BoxDynError};

use super::{companion::Slot, owned::Lender, statement::Statement, stored::Field, value::RawValue};
use crate::error::Error;

/// A database that may be readable without the driver.
#[doc(hidden)]
pub trait DirectRoute: Database {
    /// True if the database is readable without the driver.
    const HAS_DIRECT_ROUTE: bool = false;

    /// A row that was read without the driver.
    type DirectRow<'r>: DirectRow<Self>;

    /// The state kept from one statement to the next.
    type Session: Default + fmt::Debug + Send;

    /// Gives back what a session was lent.
    fn end_loan(session: &mut Self::Session) {
        *session = Self::Session::default();
    }

    /// Reads the rows of a statement into a sink. If anything is unexpected, returns the statement
    /// for the driver to send.
    ///
    /// The session may keep what was lent, until the end of the loan.
    fn read_directly<S: Sink<Self>>(
        _lender: Lender<'_, Self>,
        _session: &mut Self::Session,
        statement: Statement<Self>,
        _sink: S,
    ) -> impl Future<Output = Result<Direct<S, Self>, sqlx::Error>> + Send {
        std::future::ready(Ok(Direct::Refused(statement)))
    }
}

/// Logs why rows are not read without the driver.
pub(crate) fn log_driver_route(reason: impl fmt::Display) {
    tracing::debug!(target: "sqlx_chunked", %reason, "rows are read through sqlx, which is slower");
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

    /// Returns whether another statement is likely to follow at once.
    fn is_followed(&self) -> bool;
}

/// A row that was read without the driver. Errors are not reported: the driver reads the row again.
#[doc(hidden)]
pub trait DirectRow<DB: Database>: Copy {
    /// Returns the number of columns.
    fn len(self) -> usize;

    /// Returns the value of a column, in the database's own form.
    fn raw(self, slot: Slot) -> Result<RawValue, BoxDynError>;

    /// Returns whether the value of a column is NULL.
    fn is_null(self, ordinal: usize) -> Result<bool, BoxDynError>;

    /// Returns the boolean in a column.
    fn flag(self, ordinal: usize) -> Result<bool, BoxDynError>;

    /// Returns the number in a column.
    fn number(self, ordinal: usize) -> Result<i64, BoxDynError>;

    /// Decodes the value of a column.
    fn get<T>(self, ordinal: usize, field: Field) -> Result<T, BoxDynError>
    where
        T: for<'q> Decode<'q, DB> + Type<DB> + 'static;
}

/// Used for databases whose rows all come from the driver.
impl<DB: Database> DirectRow<DB> for Infallible {
    fn len(self) -> usize {
        match self {}
    }

    fn raw(self, _: Slot) -> Result<RawValue, BoxDynError> {
        match self {}
    }

    fn is_null(self, _: usize) -> Result<bool, BoxDynError> {
        match self {}
    }

    fn flag(self, _: usize) -> Result<bool, BoxDynError> {
        match self {}
    }

    fn number(self, _: usize) -> Result<i64, BoxDynError> {
        match self {}
    }

    fn get<T>(self, _: usize, _: Field) -> Result<T, BoxDynError>
    where
        T: for<'q> Decode<'q, DB> + Type<DB> + 'static,
    {
        match self {}
    }
}
