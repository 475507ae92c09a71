//! Turns rows into structs: the methods with which generated code reads fields.

use std::{any::Any, borrow::Cow, fmt::Display};

use sqlx::{
    Decode, FromRow, Type, TypeInfo as _, ValueRef as _,
    error::{BoxDynError, UnexpectedNullError, mismatched_types},
};

use super::{
    Described, Model,
    layout::{Layout, NO_SUCH_COLUMN},
};
use crate::backend::{Backend, direct::DirectRow as _, row::AnyRow};

/// A model whose rows can be decoded from the database `DB`. The derive implements it if `DB` has
/// the types of its fields.
#[doc(hidden)]
pub trait DecodeRow<DB: Backend>: Described {
    fn decode_row(row: &RowReader<'_, '_, DB>) -> Result<Self, ColumnError>;
}

/// Makes a model of a row: [`DecodeRow::decode_row`], where the model is known by no more than that.
pub(crate) type DecodeAs<M, DB> = fn(&RowReader<'_, '_, DB>) -> Result<M, ColumnError>;

/// A type that a column of `DB` can be read as.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no column of the database can be read as `{Self}`",
    label = "`{Self}` is the type of a field",
    note = "help: a type of another crate needs sqlx's feature of that name: `sqlx = {{ features = [\"chrono\"] }}`, or `time`, `uuid`, `json`, `rust_decimal`, `bigdecimal`, `ipnetwork`, `bit-vec`, …",
    note = "help: any other field needs a type that implements `sqlx::Type` and `sqlx::Decode` for the database, or is converted from one: `#[sqlx(try_from = \"i64\")]`"
)]
pub trait FieldType<DB: Backend>: Type<DB> + for<'r> Decode<'r, DB> + 'static {}

#[diagnostic::do_not_recommend]
impl<DB: Backend, T: Type<DB> + for<'r> Decode<'r, DB> + 'static> FieldType<DB> for T {}

/// The type of a field marked `#[sqlx(flatten)]`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no row of the database can be read as `{Self}`",
    label = "`{Self}` is the type of a field marked `#[sqlx(flatten)]`",
    note = "help: `#[derive(sqlx::FromRow)]` on `{Self}`"
)]
pub trait FlattenedRow<DB: Backend>: for<'r> FromRow<'r, DB::Row> {}

#[diagnostic::do_not_recommend]
impl<DB: Backend, T: for<'r> FromRow<'r, DB::Row>> FlattenedRow<DB> for T {}

/// A row, and the places of the model's columns in it.
#[doc(hidden)]
pub struct RowReader<'a, 'r, DB: Backend> {
    pub(crate) model: &'static Model,
    pub(crate) layout: &'a Layout,
    pub(crate) row: AnyRow<'r, DB>,
}

/// The reason why a field could not be read, and its column.
#[doc(hidden)]
#[derive(Debug)]
pub struct ColumnError {
    pub(crate) column: Cow<'static, str>,
    /// The value, if it can be shown.
    pub(crate) value: Option<String>,
    pub(crate) source: BoxDynError,
}

#[allow(clippy::missing_errors_doc, reason = "named by generated code only")]
impl<DB: Backend> RowReader<'_, '_, DB> {
    /// Reads a field directly from its column.
    pub fn get<T: FieldType<DB>>(&self, column: usize) -> Result<T, ColumnError> {
        self.decode(column).map_err(|source| self.error(column, source))
    }

    /// Converts the value of a column to that of its field, by `#[sqlx(try_from = "…")]`.
    pub fn convert<V, T>(&self, column: usize, value: V) -> Result<T, ColumnError>
    where
        T: TryFrom<V, Error: Display>,
    {
        convert(value).map_err(|source| self.error(column, source))
    }

    /// Returns whether the row has the column of a field marked `#[sqlx(default)]`. Its value is
    /// then read as the driver does, NULL included.
    pub fn has(&self, column: usize) -> bool {
        self.layout.defaulted.set(Some(column));
        self.layout.ordinal(column).is_some()
    }

    /// Reads a field marked `#[sqlx(flatten)]`.
    pub fn flatten<T: FlattenedRow<DB>>(&self) -> Result<T, ColumnError> {
        self.flat().map_err(flattened)
    }

    /// Reads a field marked `#[sqlx(flatten, default)]`. If any of its columns is missing, all of
    /// it is the default.
    pub fn flatten_or<T: FlattenedRow<DB>>(
        &self,
        default: impl FnOnce() -> T,
    ) -> Result<T, ColumnError> {
        match self.flat() {
            Err(sqlx::Error::ColumnNotFound(_)) => Ok(default()),
            result => result.map_err(flattened),
        }
    }

    /// Reads a field by `#[sqlx(flatten, try_from = "…")]`.
    pub fn convert_flattened<V, T>(&self, field: &'static str) -> Result<T, ColumnError>
    where
        V: FlattenedRow<DB>,
        T: TryFrom<V, Error: Display>,
    {
        convert(self.flatten::<V>()?).map_err(|source| ColumnError::of(field, source))
    }

    /// Reads a field by `#[sqlx(flatten, default, try_from = "…")]`.
    pub fn convert_flattened_or<V, T>(
        &self,
        field: &'static str,
        default: impl FnOnce() -> T,
    ) -> Result<T, ColumnError>
    where
        V: FlattenedRow<DB>,
        T: TryFrom<V, Error: Display>,
    {
        let value = match self.flat::<V>() {
            Err(sqlx::Error::ColumnNotFound(_)) => return Ok(default()),
            result => result.map_err(flattened)?,
        };
        convert(value).map_err(|source| ColumnError::of(field, source))
    }

    fn flat<T: FlattenedRow<DB>>(&self) -> Result<T, sqlx::Error> {
        match self.row {
            AnyRow::Driver(row) => T::from_row(row),
            // A direct row has no column names, so the driver reads it again.
            AnyRow::Direct(_) => {
                Err(sqlx::Error::Decode("only the driver finds columns by name".into()))
            }
        }
    }

    fn decode<T: FieldType<DB>>(&self, column: usize) -> Result<T, BoxDynError> {
        let ordinal = self.layout.ordinal(column).ok_or(NO_SUCH_COLUMN)?;
        self.layout.last_read.set(Some(column));
        let row = match self.row {
            AnyRow::Driver(row) => row,
            AnyRow::Direct(row) => return row.get(ordinal, self.model.columns[column].direct()),
        };
        let checked = &self.layout.checked[column];
        if checked.get() {
            // The value is decoded right away: looking at it first would copy it, which takes
            // longer than decoding a number.
            return match DB::value(row, ordinal) {
                Ok(value) => T::decode(value),
                Err(error) => Err(error.into()),
            };
        }
        let value = DB::value(row, ordinal)?;
        if value.is_null() {
            if !DB::takes_null::<T>() && self.layout.defaulted.get() != Some(column) {
                return Err(UnexpectedNullError.into());
            }
        } else {
            let type_info = value.type_info();
            if !type_info.is_null() && !T::compatible(&type_info) {
                return Err(mismatched_types::<DB, T>(&type_info));
            }
            checked.set(!DB::DIALECT.values_have_types);
        }
        T::decode(value)
    }

    fn error(&self, column: usize, source: BoxDynError) -> ColumnError {
        let value = self.layout.ordinal(column).and_then(|ordinal| self.row.show(ordinal));
        let source = match self.layout.ordinal(column) {
            Some(ordinal) => self.row.explain(ordinal, source),
            None => source,
        };
        ColumnError { column: self.model.columns[column].column.into(), value, source }
    }

    /// Returns the error for a panic while decoding the column that was read last.
    pub(crate) fn panicked(&self, panic: &(dyn Any + Send)) -> ColumnError {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        let source = format!("its decoding panicked: {}", message.unwrap_or("for no reason given"));
        match self.layout.last_read.get() {
            Some(column) => self.error(column, source.into()),
            None => ColumnError::of("*", source.into()),
        }
    }
}

impl ColumnError {
    fn of(column: impl Into<Cow<'static, str>>, source: BoxDynError) -> Self {
        Self { column: column.into(), value: None, source }
    }
}

/// Returns the reason why a flattened struct could not be read.
fn flattened(error: sqlx::Error) -> ColumnError {
    match error {
        sqlx::Error::ColumnDecode { index, source } => ColumnError::of(index, source),
        sqlx::Error::ColumnNotFound(column) => ColumnError::of(column, NO_SUCH_COLUMN.into()),
        other => ColumnError::of("*", other.into()),
    }
}

fn convert<V, T: TryFrom<V, Error: Display>>(value: V) -> Result<T, BoxDynError> {
    T::try_from(value).map_err(|error| error.to_string().into())
}
