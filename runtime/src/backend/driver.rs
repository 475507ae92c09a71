//! The driver: sending statements, reading rows, and telling errors apart.

use futures_core::stream::BoxStream;
use sqlx::{
    Connection as _, Database, Either, QueryBuilder, Type, ValueRef as _, error::BoxDynError,
};

use super::{contention::Contention, statement::Statement};

/// An event that the driver reports: the end of a statement, or a row.
pub(crate) type Event<DB> = Either<<DB as Database>::QueryResult, <DB as Database>::Row>;

/// The interface to sqlx's driver.
#[doc(hidden)]
pub trait Driver: Database {
    /// Prepares a connection for a statement that selects all columns of a table, or some of them.
    fn refresh(
        _connection: &mut Self::Connection,
        _selects_everything: bool,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send {
        std::future::ready(Ok(()))
    }

    /// Sends a statement and streams its rows.
    fn fetch(
        connection: &mut Self::Connection,
        statement: Statement<Self>,
    ) -> BoxStream<'_, Result<Event<Self>, sqlx::Error>>;

    /// Returns the place of a column in a row.
    fn ordinal(row: &Self::Row, column: &str) -> Option<usize>;

    /// Returns the value at a place in a row.
    fn value(row: &Self::Row, ordinal: usize) -> Result<Self::ValueRef<'_>, sqlx::Error>;

    /// Returns whether a value is NULL.
    fn is_null(row: &Self::Row, ordinal: usize) -> Result<bool, sqlx::Error> {
        Self::value(row, ordinal).map(|value| value.is_null())
    }

    /// Reads a boolean that the statement itself computed.
    fn flag(row: &Self::Row, ordinal: usize) -> Result<bool, sqlx::Error>;

    /// Reads a number that the statement itself computed.
    fn number(row: &Self::Row, ordinal: usize) -> Result<i64, sqlx::Error>;

    /// Reads a text of a table of our own.
    fn text(row: &Self::Row, ordinal: usize) -> Result<Option<String>, sqlx::Error>;

    /// Binds a text of our own, and writes its placeholder.
    fn bind_text(statement: &mut Statement<Self>, text: String) -> Result<(), BoxDynError>;

    /// Returns a better reason why a value does not decode, if there is one.
    fn explain(_row: &Self::Row, _ordinal: usize, source: BoxDynError) -> BoxDynError {
        source
    }

    /// Returns whether a type accepts NULL or rejects it by itself.
    fn takes_null<T: Type<Self>>() -> bool {
        true
    }

    /// Takes the arguments out of sqlx's builder, unless it has already built a query.
    fn take_arguments(
        builder: &mut QueryBuilder<Self>,
    ) -> Result<Option<Self::Arguments>, BoxDynError>;

    /// Returns a number that identifies the types of the arguments, if a prepared statement keeps
    /// the types of its parameters and its text must not be sent with other types.
    fn types(_arguments: &Self::Arguments) -> Option<u64> {
        None
    }

    /// Returns advice on what a user can do about an error.
    fn hint(_error: &sqlx::Error) -> Option<&'static str> {
        None
    }

    /// Returns whether another transaction was in the way, and how.
    fn contention(error: &sqlx::Error) -> Option<Contention>;

    /// Returns whether an error says that a prepared statement no longer fits the table and must be
    /// prepared again.
    fn is_outdated(_error: &sqlx::Error) -> bool {
        false
    }

    /// Returns whether an error says that the transaction has already failed.
    fn is_aborted(_error: &sqlx::Error) -> bool {
        false
    }

    /// Returns whether an error says that the connection is gone.
    fn is_dead(error: &sqlx::Error) -> bool {
        matches!(error, sqlx::Error::Io(_))
    }

    /// Returns the number of rows that a statement wrote.
    fn rows_affected(result: &Self::QueryResult) -> u64;

    /// Returns whether an error of COMMIT says that nothing was committed.
    fn refuses_commit(error: &sqlx::Error) -> bool;

    /// Fails if a transaction that was begun is over, or can no longer be committed, although COMMIT
    /// would not say so.
    fn confirm_open(
        _connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send {
        std::future::ready(Ok(()))
    }

    /// Returns whether a connection is in a transaction, begun by sqlx or by SQL.
    fn in_transaction(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send {
        std::future::ready(Ok(connection.is_in_transaction()))
    }
}

/// The methods of [`Driver`] that are written the same way for all of sqlx's drivers.
macro_rules! driver {
    () => {
        fn fetch(
            connection: &mut Self::Connection,
            statement: $crate::backend::statement::Statement<Self>,
        ) -> futures_core::stream::BoxStream<
            '_,
            Result<$crate::backend::driver::Event<Self>, sqlx::Error>,
        > {
            // The text consists of quoted names, placeholders, and what the program itself pushed.
            let sql = sqlx::AssertSqlSafe(statement.sql);
            let query = sqlx::query_with(sql, statement.arguments).persistent(statement.persistent);
            // `fetch` would wrap this stream in another one, at 5 % of the time of a row.
            sqlx::Executor::fetch_many(connection, query)
        }

        fn ordinal(row: &Self::Row, column: &str) -> Option<usize> {
            sqlx::ColumnIndex::index(&column, row).ok()
        }

        #[inline]
        fn value(row: &Self::Row, ordinal: usize) -> Result<Self::ValueRef<'_>, sqlx::Error> {
            sqlx::Row::try_get_raw(row, ordinal)
        }

        fn flag(row: &Self::Row, ordinal: usize) -> Result<bool, sqlx::Error> {
            sqlx::Row::try_get_unchecked(row, ordinal)
        }

        fn number(row: &Self::Row, ordinal: usize) -> Result<i64, sqlx::Error> {
            sqlx::Row::try_get_unchecked(row, ordinal)
        }

        fn text(row: &Self::Row, ordinal: usize) -> Result<Option<String>, sqlx::Error> {
            sqlx::Row::try_get_unchecked(row, ordinal)
        }

        fn bind_text(
            statement: &mut $crate::backend::statement::Statement<Self>,
            text: String,
        ) -> Result<(), sqlx::error::BoxDynError> {
            statement.add(text)
        }

        fn rows_affected(result: &Self::QueryResult) -> u64 {
            result.rows_affected()
        }

        fn take_arguments(
            builder: &mut sqlx::QueryBuilder<Self>,
        ) -> Result<Option<Self::Arguments>, sqlx::error::BoxDynError> {
            sqlx::Execute::<Self>::take_arguments(&mut builder.build())
        }
    };
}
pub(crate) use driver;
