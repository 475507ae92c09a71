//! The parts that sqlx wants a database to have, of which none can exist.

use std::{convert::Infallible, fmt, marker::PhantomData, str::FromStr, time::Duration};

use log::LevelFilter;
use sqlx::{
    Arguments, Column, ColumnIndex, ConnectOptions, Connection, Database, Either, Encode, Error,
    IntoArguments, Row, SqlStr, Statement, Transaction, Type,
    error::BoxDynError,
    query::{Query, QueryAs, QueryScalar},
};
use sqlx_core::{Url, transaction::TransactionManager};

use crate::backend::sqlite::handle::Failed;

/// A database of which there are no connections, rows, columns and statements.
pub trait OfNothing:
    Database<
        Connection = Never<Self>,
        TransactionManager = Never<Self>,
        Row = Never<Self>,
        Column = Never<Self>,
        Statement = Never<Self>,
        Arguments = NoArguments<Self>,
    >
{
}

/// A connection, a row, a column or a statement.
pub struct Never<DB> {
    never: Infallible,
    of: PhantomData<fn() -> DB>,
}

impl<DB> Clone for Never<DB> {
    fn clone(&self) -> Self {
        match self.never {}
    }
}

impl<DB> fmt::Debug for Never<DB> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.never {}
    }
}

impl<DB: OfNothing> Connection for Never<DB> {
    type Database = DB;
    type Options = Self;

    async fn close(self) -> Result<(), Error> {
        match self.never {}
    }

    async fn close_hard(self) -> Result<(), Error> {
        match self.never {}
    }

    async fn ping(&mut self) -> Result<(), Error> {
        match self.never {}
    }

    async fn begin(&mut self) -> Result<Transaction<'_, DB>, Error> {
        match self.never {}
    }

    fn shrink_buffers(&mut self) {
        match self.never {}
    }

    async fn flush(&mut self) -> Result<(), Error> {
        match self.never {}
    }

    fn should_flush(&self) -> bool {
        match self.never {}
    }
}

impl<DB: OfNothing> ConnectOptions for Never<DB> {
    type Connection = Self;

    fn from_url(_: &Url) -> Result<Self, Error> {
        Err(Error::WorkerCrashed)
    }

    async fn connect(&self) -> Result<Self, Error> {
        match self.never {}
    }

    fn log_statements(self, _: LevelFilter) -> Self {
        match self.never {}
    }

    fn log_slow_statements(self, _: LevelFilter, _: Duration) -> Self {
        match self.never {}
    }
}

impl<DB: OfNothing> FromStr for Never<DB> {
    type Err = Error;

    fn from_str(_: &str) -> Result<Self, Error> {
        Err(Error::WorkerCrashed)
    }
}

impl<DB: OfNothing> TransactionManager for Never<DB> {
    type Database = DB;

    async fn begin(connection: &mut Self, _: Option<SqlStr>) -> Result<(), Error> {
        match connection.never {}
    }

    async fn commit(connection: &mut Self) -> Result<(), Error> {
        match connection.never {}
    }

    async fn rollback(connection: &mut Self) -> Result<(), Error> {
        match connection.never {}
    }

    fn start_rollback(connection: &mut Self) {
        match connection.never {}
    }

    fn get_transaction_depth(connection: &Self) -> usize {
        match connection.never {}
    }
}

impl<DB: OfNothing> Row for Never<DB> {
    type Database = DB;

    fn columns(&self) -> &[Self] {
        match self.never {}
    }

    fn try_get_raw<I>(&self, _: I) -> Result<DB::ValueRef<'_>, Error>
    where
        I: ColumnIndex<Self>,
    {
        match self.never {}
    }
}

impl<DB: OfNothing> Column for Never<DB> {
    type Database = DB;

    fn ordinal(&self) -> usize {
        match self.never {}
    }

    fn name(&self) -> &str {
        match self.never {}
    }

    fn type_info(&self) -> &DB::TypeInfo {
        match self.never {}
    }
}

impl<DB: OfNothing> Statement for Never<DB> {
    type Database = DB;

    fn into_sql(self) -> SqlStr {
        match self.never {}
    }

    fn sql(&self) -> &SqlStr {
        match self.never {}
    }

    fn parameters(&self) -> Option<Either<&[DB::TypeInfo], usize>> {
        match self.never {}
    }

    fn columns(&self) -> &[Self] {
        match self.never {}
    }

    fn query(&self) -> Query<'_, DB, NoArguments<DB>> {
        match self.never {}
    }

    fn query_with<A: IntoArguments<DB>>(&self, _: A) -> Query<'_, DB, A> {
        match self.never {}
    }

    fn query_as<O>(&self) -> QueryAs<'_, DB, O, NoArguments<DB>>
    where
        O: for<'r> sqlx::FromRow<'r, Self>,
    {
        match self.never {}
    }

    fn query_as_with<'s, O, A>(&'s self, _: A) -> QueryAs<'s, DB, O, A>
    where
        O: for<'r> sqlx::FromRow<'r, Self>,
        A: IntoArguments<DB>,
    {
        match self.never {}
    }

    fn query_scalar<O>(&self) -> QueryScalar<'_, DB, O, NoArguments<DB>>
    where
        (O,): for<'r> sqlx::FromRow<'r, Self>,
    {
        match self.never {}
    }

    fn query_scalar_with<'s, O, A>(&'s self, _: A) -> QueryScalar<'s, DB, O, A>
    where
        (O,): for<'r> sqlx::FromRow<'r, Self>,
        A: IntoArguments<DB>,
    {
        match self.never {}
    }
}

/// Arguments must have a default, but take no value.
pub struct NoArguments<DB>(PhantomData<fn() -> DB>);

impl<DB> Default for NoArguments<DB> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<DB: OfNothing> Arguments for NoArguments<DB> {
    type Database = DB;

    fn reserve(&mut self, _: usize, _: usize) {}

    fn add<'t, T>(&mut self, _: T) -> Result<(), BoxDynError>
    where
        T: Encode<'t, DB> + Type<DB>,
    {
        Err(Failed("nothing can be bound").into())
    }

    fn len(&self) -> usize {
        0
    }
}
