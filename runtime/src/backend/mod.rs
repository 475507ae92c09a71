//! What differs between databases, behind one sealed trait; one file for each.

use std::{any::TypeId, fmt};

use futures_core::stream::BoxStream;
use sqlx::{
    Arguments as _, Connection as _, Database, Either, Encode, Pool, QueryBuilder, Type, ValueRef,
    database::HasStatementCache, error::BoxDynError,
};

use crate::{
    backend::value::RawValue,
    expr::order::Direction,
    fetch::collect::{Fetched, Request},
    model::{Model, row::ReadRow},
};

#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
pub(crate) mod row;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
pub(crate) mod value;

/// A database that this crate can read: `Sqlite`, `Postgres` or `MySql` of sqlx, each with the
/// feature of its name.
#[diagnostic::on_unimplemented(
    message = "`sqlx-chunked` cannot read from `{Self}`",
    label = "this database is not enabled",
    note = "help: enable the driver's feature, one of `sqlite`, `postgres`, `mysql`: `sqlx-chunked = {{ version = \"…\", features = [\"sqlite\"] }}`"
)]
pub trait Backend: Database<Arguments: Clone> + HasStatementCache + sealed::Sealed {
    /// How this database writes SQL.
    #[doc(hidden)]
    const DIALECT: Dialect;

    /// A row that was read without the driver.
    #[doc(hidden)]
    type DirectRow<'r>: row::DirectRow;

    /// Whether the rows of a model can be read without the driver.
    #[doc(hidden)]
    fn reads_directly(_model: &Model) -> bool {
        false
    }

    /// What is kept from one batch to the next, when they are read without the driver.
    #[doc(hidden)]
    type Session: Default + fmt::Debug + Send;

    /// Reads a batch without the driver. Where anything is not as it should be, the request comes
    /// back, and the driver is to read it.
    #[doc(hidden)]
    fn read_directly<M: ReadRow<Self>>(
        _pool: &Pool<Self>,
        _session: &mut Self::Session,
        request: Request<Self>,
    ) -> impl Future<Output = Direct<M, Self>> + Send {
        std::future::ready(Ok(Err(request)))
    }

    /// Makes a connection look at the columns of a model's table anew, before all of them are
    /// selected.
    #[doc(hidden)]
    fn refresh(
        _connection: &mut Self::Connection,
        _model: &Model,
    ) -> impl Future<Output = Result<(), sqlx::Error>> + Send {
        std::future::ready(Ok(()))
    }

    /// Sends a statement and streams its rows.
    #[doc(hidden)]
    fn fetch(
        connection: &mut Self::Connection,
        statement: Statement<Self>,
    ) -> BoxStream<'_, Result<Step<Self>, sqlx::Error>>;

    /// The place of a column in a row.
    #[doc(hidden)]
    fn ordinal(row: &Self::Row, column: &str) -> Option<usize>;

    /// The value at a place in a row.
    #[doc(hidden)]
    fn value(row: &Self::Row, ordinal: usize) -> Result<Self::ValueRef<'_>, sqlx::Error>;

    /// Reads a boolean that the statement itself computed.
    #[doc(hidden)]
    fn flag(row: &Self::Row, ordinal: usize) -> Result<bool, sqlx::Error>;

    /// Reads a number that the statement itself computed.
    #[doc(hidden)]
    fn number(row: &Self::Row, ordinal: usize) -> Result<i64, sqlx::Error>;

    /// Refuses a key that the database orders otherwise than it compares it, or that is no longer
    /// the one that a position was taken from.
    #[doc(hidden)]
    fn check_key(
        _row: &Self::Row,
        _slot: Slot,
        _position: Option<&RawValue>,
    ) -> Result<(), BoxDynError> {
        Ok(())
    }

    /// What a statement selects beside a column, so that its values can be bound back exactly; it
    /// is NULL beside a value that needs nothing. `None` for columns of which no value ever does.
    #[doc(hidden)]
    fn companion(_column: &CompanionOf<'_>) -> Option<String> {
        None
    }

    /// Asks, as a boolean, whether positions with these values can no longer be sought in their
    /// columns; `None` if they always can.
    #[doc(hidden)]
    fn outdated<'v>(_values: impl Iterator<Item = (&'v str, &'v RawValue)>) -> Option<String> {
        None
    }

    /// How many bytes of a column's values the database looks at when it sorts, if not at all.
    #[doc(hidden)]
    fn sorted_bytes(_row: &Self::Row, _slot: Slot) -> Option<usize> {
        None
    }

    /// Takes the value at a place in a row, in the database's own form.
    #[doc(hidden)]
    fn raw(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError>;

    /// Whether a column, which is NULL here, has a type in which a position with this value can be
    /// sought.
    #[doc(hidden)]
    fn has_type_of(
        _row: &Self::Row,
        _ordinal: usize,
        _value: &RawValue,
    ) -> Result<bool, sqlx::Error> {
        Ok(true)
    }

    /// Takes the value at a place in a row to find related rows by it.
    #[doc(hidden)]
    fn reference(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError> {
        Self::raw(row, slot)
    }

    /// Whether a value is NULL.
    #[doc(hidden)]
    fn is_null(row: &Self::Row, ordinal: usize) -> Result<bool, sqlx::Error> {
        Self::value(row, ordinal).map(|value| ValueRef::is_null(&value))
    }

    /// How a statement begins that sorts by columns that may be text.
    #[doc(hidden)]
    const SELECT_SORTED: &'static str = "SELECT ";

    /// The value at a place for messages.
    #[doc(hidden)]
    fn show(row: &Self::Row, ordinal: usize) -> Option<String> {
        let value = Self::raw(row, Slot { ordinal, companion: None }).ok()?;
        Some(value.to_string())
    }

    /// A better reason why a value does not decode, if there is one.
    #[doc(hidden)]
    fn explain(_row: &Self::Row, _ordinal: usize, source: BoxDynError) -> BoxDynError {
        source
    }

    /// Whether a type has room for NULL, or says itself that it has none.
    #[doc(hidden)]
    fn takes_null<T: Type<Self>>() -> bool {
        true
    }

    /// Whether a value was read from this database.
    #[doc(hidden)]
    fn owns(value: &RawValue) -> bool;

    /// Binds a value back as it was read, and writes its placeholder.
    #[doc(hidden)]
    fn bind_raw(statement: &mut Statement<Self>, value: &RawValue) -> Result<(), BoxDynError>;

    /// Whether a list of values like this one can be bound as one array.
    #[doc(hidden)]
    fn fits_array(_value: &RawValue) -> bool {
        false
    }

    /// Binds values that fit an array, and writes its placeholder.
    #[doc(hidden)]
    fn bind_array<'v>(
        _statement: &mut Statement<Self>,
        _values: impl Iterator<Item = &'v RawValue>,
    ) -> Result<(), BoxDynError> {
        Err("this database has no arrays".into())
    }

    /// Binds a value from the user, and writes its placeholder.
    #[doc(hidden)]
    fn bind_value<T>(statement: &mut Statement<Self>, value: &T) -> Result<(), BoxDynError>
    where
        T: for<'q> Encode<'q, Self> + Type<Self> + 'static,
    {
        statement.add(value)
    }

    /// A value from the user in the form in which it fits an array.
    #[doc(hidden)]
    fn encode<T>(_value: &T) -> Option<RawValue>
    where
        T: for<'q> Encode<'q, Self> + Type<Self> + 'static,
    {
        None
    }

    /// Takes the arguments out of sqlx's builder, unless it has built a query already.
    #[doc(hidden)]
    fn take_arguments(
        builder: &mut QueryBuilder<Self>,
    ) -> Result<Option<Self::Arguments>, BoxDynError>;

    /// A number that tells the types of the arguments from others, where a prepared statement keeps
    /// the types of its parameters, so that the same text must not be sent with others.
    #[doc(hidden)]
    fn types(_arguments: &Self::Arguments) -> Option<u64> {
        None
    }

    /// Binds the number of rows of a LIMIT, and writes its placeholder.
    #[doc(hidden)]
    fn bind_limit(statement: &mut Statement<Self>, rows: i64) -> Result<(), BoxDynError>;

    /// What a user can do about an error.
    #[doc(hidden)]
    fn hint(_error: &sqlx::Error) -> Option<&'static str> {
        None
    }

    /// Whether an error says that a prepared statement no longer fits the table, so that it has to
    /// be prepared anew.
    #[doc(hidden)]
    fn is_outdated(_error: &sqlx::Error) -> bool {
        false
    }

    /// Whether an error says that the transaction has failed already.
    #[doc(hidden)]
    fn is_aborted(_error: &sqlx::Error) -> bool {
        false
    }

    /// Whether an error says that the connection is gone.
    #[doc(hidden)]
    fn is_dead(error: &sqlx::Error) -> bool {
        matches!(error, sqlx::Error::Io(_))
    }

    /// Whether a connection is in a transaction, begun by sqlx or by SQL.
    #[doc(hidden)]
    fn in_transaction(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send {
        std::future::ready(Ok(connection.is_in_transaction()))
    }
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// Where a row has the value of a column, and where its companion, if one was selected.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub ordinal: usize,
    pub companion: Option<usize>,
}

/// A column that a companion is written for.
#[doc(hidden)]
#[derive(Debug)]
pub struct CompanionOf<'a> {
    /// The column as SQL.
    pub sql: &'a str,
    /// Its name alone.
    pub name: &'a str,
    /// The type that it is read as.
    pub field: TypeId,
    pub schema: Option<&'a str>,
    pub table: &'a str,
    /// What is joined to the table, if the column is not the table's own.
    pub join: Option<&'a str>,
}

/// Whether values of a field type are numbers, which are the same everywhere.
pub(crate) fn is_number(field: TypeId) -> bool {
    macro_rules! any_of {
        ($($number:ty)+) => { [$(TypeId::of::<$number>(), TypeId::of::<Option<$number>>(),)+] };
    }
    any_of!(i64 i32 i16 i8 u64 u32 u16 u8 bool f64 f32).contains(&field)
}

/// What the driver reports: a row, or the end of a statement.
pub(crate) type Step<DB> = Either<<DB as Database>::QueryResult, <DB as Database>::Row>;

/// What was read without the driver, or else the request.
pub(crate) type Direct<M, DB> = Result<Result<Fetched<M>, Request<DB>>, sqlx::Error>;

/// A statement ready to be sent.
#[doc(hidden)]
#[derive(Debug)]
pub struct Statement<DB: Database> {
    pub(crate) sql: String,
    pub(crate) arguments: DB::Arguments,
    /// The arguments in the database's own form, where they have to be bound without the driver;
    /// `None` once one of them is known to the driver alone.
    pub(crate) values: Option<Vec<RawValue>>,
    /// Whether the statement gets a name, to be prepared once for a connection.
    pub(crate) persistent: bool,
}

impl<DB: Database> Default for Statement<DB> {
    fn default() -> Self {
        Self {
            sql: String::new(),
            arguments: DB::Arguments::default(),
            values: Some(Vec::new()),
            persistent: true,
        }
    }
}

impl<DB: Database> Statement<DB> {
    /// Binds a value and writes its placeholder.
    pub(crate) fn add<'q, T>(&mut self, value: T) -> Result<(), BoxDynError>
    where
        T: Encode<'q, DB> + Type<DB>,
    {
        self.arguments.add(value)?;
        self.arguments.format_placeholder(&mut self.sql)?;
        Ok(())
    }
}

impl<DB: Database<Arguments: Clone>> Clone for Statement<DB> {
    fn clone(&self) -> Self {
        let Self { sql, arguments, values, persistent } = self;
        Self {
            sql: sql.clone(),
            arguments: arguments.clone(),
            values: values.clone(),
            persistent: *persistent,
        }
    }
}

/// How it is asked whether a column is NULL in the sense that it is sorted by.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullTest {
    /// `IS NULL`
    Is,
    /// `IS NOT DISTINCT FROM NULL`, where `IS NULL` asks for the parts of a composite value.
    Distinct,
}

/// How a database writes SQL.
#[doc(hidden)]
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "databases differ in many ways")]
pub struct Dialect {
    /// What names are quoted with; doubled inside a name.
    pub quote: char,
    /// Where NULLs stand in ascending order.
    pub nulls: Nulls,
    /// How an index is searched by a comparison of several columns.
    pub tuples: Tuples,
    /// Whether every value has a type of its own, whatever its column says.
    pub values_have_types: bool,
    /// How rows are found by a list of values.
    pub lists: Lists,
    /// Whether the driver prepares and executes an unnamed statement in two steps, which a pooler
    /// may take apart.
    pub splits_unnamed_statements: bool,
    /// Whether a connection is sound after a statement that was not read to its end.
    pub survives_half_read: bool,
    /// Whether the driver learns the columns of a prepared statement once and for all, so that
    /// `table.*` must be prepared for each use.
    pub learns_columns_once: bool,
    /// Whether the places behind a position are read by a statement each, one after the other, and
    /// not by one statement.
    pub reads_places_in_turn: bool,
    /// Whether parameters have numbers, so that one can be used several times.
    pub numbers_parameters: bool,
    /// Whether an index of the order's columns is walked along only if none of them is said to be
    /// equal to a value.
    pub prefers_equality: bool,
    /// Whether text is converted to another character set on its way to the client and back.
    pub converts_text: bool,
    /// Whether an order can name the operator that it sorts by, so that it is the one that is
    /// compared by, whichever the session finds first.
    pub sorts_by_operator: bool,
    /// How it is asked for NULLs.
    pub null_test: NullTest,
}

/// How an index over several columns is searched by `(a, b) > (x, y)`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tuples {
    /// By all columns.
    RowValue,
    /// By the first column, or the first few.
    FirstColumn,
    /// Not at all, unless it is spelled out column by column.
    Expanded,
}

/// How rows are found by a list of values in some columns.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// The list is joined as a table, which numbers its rows on the way.
    Joined,
    /// By IN, with lists of so many values at most: MariaDB takes one of 1,000 for a table, whose
    /// texts have a collation that is not the column's. A derived table has it from the start.
    In(usize),
}

/// Where NULLs stand in ascending order.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    First,
    Last,
}

impl Nulls {
    /// Whether NULLs come last in a direction.
    pub(crate) const fn are_last(self, direction: Direction) -> bool {
        matches!(
            (self, direction),
            (Self::First, Direction::Descending) | (Self::Last, Direction::Ascending)
        )
    }
}

/// Why a value of one database cannot be bound on another.
pub(crate) const FOREIGN: &str = "the cursor was taken from another database";

/// Bytes as a literal, for messages.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("x'")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("'")
    }
}

/// The connection of a driver as a source, which cannot be written for all of them at once.
macro_rules! connection {
    ($database:ty, $connection:ty) => {
        impl $crate::backend::sealed::Sealed for $database {}

        impl $crate::backend::sealed::Sealed for &mut $connection {}

        impl<'s> $crate::fetch::source::Source<'s> for &'s mut $connection {
            type Database = $database;

            fn into_link(self) -> $crate::fetch::connector::Link<'s, $database> {
                $crate::fetch::connector::Link::Borrowed(self)
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
        ) -> futures_core::stream::BoxStream<'_, Result<$crate::backend::Step<Self>, sqlx::Error>> {
            // The text is made of quoted names, placeholders, and what the program itself pushed.
            let sql = sqlx::AssertSqlSafe(statement.sql);
            let query = sqlx::query_with(sql, statement.arguments).persistent(statement.persistent);
            // `fetch` would put a stream around this one, at 5 % of the time of a row.
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

        fn take_arguments(
            builder: &mut sqlx::QueryBuilder<Self>,
        ) -> Result<Option<Self::Arguments>, sqlx::error::BoxDynError> {
            sqlx::Execute::<Self>::take_arguments(&mut builder.build())
        }
    };
}
pub(crate) use driver;
