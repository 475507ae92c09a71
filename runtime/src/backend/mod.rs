//! What differs between databases, behind one sealed trait; one file for each.

use futures_core::stream::BoxStream;
use sqlx::{
    Arguments as _, AssertSqlSafe, Database, Encode, QueryBuilder, SqlStr, Type,
    database::HasStatementCache, error::BoxDynError,
};

use crate::raw::RawValue;

#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;

/// A database that this crate can read: `Sqlite`, `Postgres` or `MySql` of sqlx, each with the
/// feature of its name.
#[diagnostic::on_unimplemented(
    message = "`sqlx-chunked` cannot read from `{Self}`",
    label = "this database is not enabled",
    note = "help: enable the driver's feature, one of `sqlite`, `postgres`, `mysql`: `sqlx-chunked = {{ version = \"…\", features = [\"sqlite\"] }}`"
)]
pub trait Backend: Database + HasStatementCache + sealed::Sealed {
    /// How this database writes SQL.
    #[doc(hidden)]
    const DIALECT: Dialect;

    /// Sends a statement and streams its rows.
    #[doc(hidden)]
    fn fetch(
        connection: &mut Self::Connection,
        statement: Statement<Self>,
    ) -> BoxStream<'_, Result<Self::Row, sqlx::Error>>;

    /// The place of a column in a row.
    #[doc(hidden)]
    fn ordinal(row: &Self::Row, column: &str) -> Option<usize>;

    /// The value at a place in a row.
    #[doc(hidden)]
    fn value(row: &Self::Row, ordinal: usize) -> Result<Self::ValueRef<'_>, sqlx::Error>;

    /// Reads a boolean that the statement itself computed.
    #[doc(hidden)]
    fn flag(row: &Self::Row, ordinal: usize) -> Result<bool, sqlx::Error>;

    /// Takes the value at a place in a row, in the database's own form.
    #[doc(hidden)]
    fn raw(row: &Self::Row, ordinal: usize) -> Result<RawValue, BoxDynError>;

    /// Binds a value back as it was read.
    #[doc(hidden)]
    fn bind_raw(arguments: &mut Self::Arguments, value: &RawValue) -> Result<(), BoxDynError>;

    /// Binds a value from the user.
    #[doc(hidden)]
    fn bind_value<T>(arguments: &mut Self::Arguments, value: &T) -> Result<(), BoxDynError>
    where
        T: for<'q> Encode<'q, Self> + Type<Self>,
    {
        arguments.add(value)
    }

    /// Takes the arguments out of sqlx's builder, unless it has built a query already.
    #[doc(hidden)]
    fn take_arguments(
        builder: &mut QueryBuilder<Self>,
    ) -> Result<Option<Self::Arguments>, BoxDynError>;

    /// Binds the number of rows of a LIMIT.
    #[doc(hidden)]
    fn bind_limit(arguments: &mut Self::Arguments, rows: i64) -> Result<(), BoxDynError>;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// A statement ready to be sent.
#[doc(hidden)]
#[derive(Debug)]
pub struct Statement<DB: Database> {
    pub(crate) sql: String,
    pub(crate) arguments: DB::Arguments,
}

impl<DB: Database> Default for Statement<DB> {
    fn default() -> Self {
        Self { sql: String::new(), arguments: DB::Arguments::default() }
    }
}

impl<DB: Database> Statement<DB> {
    /// The parts that sqlx takes. The text is made of quoted names, placeholders, and what the
    /// program itself pushed in `filter_sql`.
    pub(crate) fn into_parts(self) -> (SqlStr, DB::Arguments) {
        (sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(self.sql)), self.arguments)
    }
}

/// How a database writes SQL.
#[doc(hidden)]
#[derive(Debug)]
pub struct Dialect {
    /// What names are quoted with; doubled inside a name.
    pub quote: char,
    /// Where NULLs stand in ascending order.
    pub nulls: Nulls,
    /// Whether `(a, b) > (x, y)` searches an index.
    pub row_values: bool,
}

/// Where NULLs stand in ascending order.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    First,
    Last,
}

/// The connection of a driver as a source, which cannot be written for all of them at once.
macro_rules! connection {
    ($database:ty, $connection:ty) => {
        impl $crate::backend::sealed::Sealed for $database {}

        impl $crate::backend::sealed::Sealed for &mut $connection {}

        impl<'s> $crate::source::Source<'s> for &'s mut $connection {
            type Database = $database;

            fn into_link(self) -> $crate::source::Link<'s, $database> {
                $crate::source::Link::Borrowed(self)
            }
        }
    };
}
pub(crate) use connection;

/// The methods of [`Backend`] that are spelled alike for every driver of sqlx.
macro_rules! driver {
    () => {
        fn fetch(
            connection: &mut Self::Connection,
            statement: $crate::backend::Statement<Self>,
        ) -> futures_core::stream::BoxStream<'_, Result<Self::Row, sqlx::Error>> {
            let (sql, arguments) = statement.into_parts();
            sqlx::query_with(sql, arguments).fetch(connection)
        }

        fn ordinal(row: &Self::Row, column: &str) -> Option<usize> {
            sqlx::ColumnIndex::index(&column, row).ok()
        }

        fn value(row: &Self::Row, ordinal: usize) -> Result<Self::ValueRef<'_>, sqlx::Error> {
            sqlx::Row::try_get_raw(row, ordinal)
        }

        fn flag(row: &Self::Row, ordinal: usize) -> Result<bool, sqlx::Error> {
            sqlx::Row::try_get_unchecked(row, ordinal)
        }

        fn take_arguments(
            builder: &mut sqlx::QueryBuilder<Self>,
        ) -> Result<Option<Self::Arguments>, sqlx::error::BoxDynError> {
            sqlx::Execute::<Self>::take_arguments(&mut builder.build())
        }

        fn bind_limit(
            arguments: &mut Self::Arguments,
            rows: i64,
        ) -> Result<(), sqlx::error::BoxDynError> {
            sqlx::Arguments::add(arguments, rows)
        }
    };
}
pub(crate) use driver;
