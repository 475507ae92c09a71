//! Rows to structs: what generated code reads its fields with.

use std::{any::Any, borrow::Cow, cell::Cell, fmt::Display, sync::Arc};

use sqlx::{
    Decode, FromRow, Row as _, Type, TypeInfo as _, ValueRef as _,
    error::{BoxDynError, UnexpectedNullError, mismatched_types},
};

use crate::{
    backend::{Backend, Slot, row::DirectRow as _, value::RawValue},
    model::{Chunked, ColumnName, Model, Select},
};

/// A model whose rows can be read from the database `DB`: implemented by the derive wherever `DB`
/// has the types of its fields.
pub trait ReadRow<DB: Backend>: Chunked {
    #[doc(hidden)]
    fn read_row(row: &RowReader<'_, '_, DB>) -> Result<Self, ColumnError>;
}

/// A type that a column of `DB` can be read as.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "no column of the database can be read as `{Self}`",
    label = "`{Self}` is the type of a field",
    note = "help: give the field a type that implements `sqlx::Type` and `sqlx::Decode` for it, or convert from one: `#[sqlx(try_from = \"i64\")]`"
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

/// What holds for the columns of a model in all rows of a statement.
pub(crate) struct Layout {
    /// Where they stand, unless it is as the model lists them; a column can be missing.
    ordinals: Option<Vec<Option<usize>>>,
    /// The column of the last field that has a default.
    defaulted: Cell<Option<usize>>,
    /// The column that was read last.
    last_read: Cell<Option<usize>>,
    /// Whether a column's type was found to be one that the field can be read from.
    checked: Vec<Cell<bool>>,
    /// The columns that have a companion, and where the first of these is.
    companions: (Arc<[usize]>, usize),
    /// A bit for each part of the key of which a value was met.
    met: Cell<u32>,
    /// The columns of which the database looks at so many bytes when it sorts.
    pub(crate) cut_short: Vec<(usize, usize)>,
}

impl Layout {
    /// The layout of rows with the companions of some columns, and then so many further columns.
    pub(crate) fn of<DB: Backend>(
        model: &Model,
        row: AnyRow<'_, DB>,
        companions: &Arc<[usize]>,
        further: usize,
    ) -> Self {
        let ordinals = match (model.select, row) {
            (Select::Columns, _) | (_, AnyRow::Direct(_)) => None,
            (Select::Everything, AnyRow::Driver(row)) => {
                let ordinal = |name: &ColumnName| DB::ordinal(row, name.column);
                Some(model.columns.iter().map(ordinal).collect())
            }
        };
        let first = row.len().saturating_sub(further + companions.len());
        Self {
            ordinals,
            defaulted: Cell::new(None),
            last_read: Cell::new(None),
            checked: vec![Cell::new(false); model.columns.len()],
            companions: (Arc::clone(companions), first),
            met: Cell::new(0),
            cut_short: Vec::new(),
        }
    }

    /// Whether this is the first value of a part of the key.
    #[inline]
    pub(crate) fn is_new(&self, part: usize) -> bool {
        // An order has at most 8 columns.
        let met = self.met.get();
        self.met.set(met | 1 << part.min(31));
        met != self.met.get()
    }

    /// Takes the key for one that is not sorted by.
    pub(crate) fn trust(&self) {
        self.met.set(u32::MAX);
    }

    /// Where a column and its companion are, if the row has the column.
    pub(crate) fn slot(&self, column: usize) -> Option<Slot> {
        let (columns, first) = &self.companions;
        let companion = columns.iter().position(|one| *one == column).map(|index| first + index);
        self.ordinal(column).map(|ordinal| Slot { ordinal, companion })
    }

    pub(crate) fn ordinal(&self, column: usize) -> Option<usize> {
        match &self.ordinals {
            None => Some(column),
            Some(ordinals) => ordinals[column],
        }
    }
}

/// A row as it was read.
pub(crate) enum AnyRow<'r, DB: Backend> {
    Driver(&'r DB::Row),
    /// Only of models whose columns are listed.
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
    Direct(DB::DirectRow<'r>),
}

impl<DB: Backend> Clone for AnyRow<'_, DB> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<DB: Backend> Copy for AnyRow<'_, DB> {}

impl<DB: Backend> AnyRow<'_, DB> {
    /// The value of a column, in the database's own form.
    pub(crate) fn raw(self, slot: Slot) -> Result<RawValue, BoxDynError> {
        match self {
            Self::Driver(row) => DB::raw(row, slot),
            Self::Direct(row) => row.raw(slot),
        }
    }

    /// The value of a column, to find related rows by it.
    pub(crate) fn reference(self, slot: Slot) -> Result<RawValue, BoxDynError> {
        match self {
            Self::Driver(row) => DB::reference(row, slot),
            Self::Direct(row) => row.raw(slot),
        }
    }

    /// Whether the value of a column is NULL.
    pub(crate) fn is_null(self, ordinal: usize) -> Result<bool, BoxDynError> {
        match self {
            Self::Driver(row) => Ok(DB::is_null(row, ordinal)?),
            Self::Direct(row) => row.is_null(ordinal),
        }
    }

    /// The value of a column for messages, if it can be shown.
    fn show(self, ordinal: usize) -> Option<String> {
        const LONGEST: usize = 100;
        let text = match self {
            Self::Driver(row) => DB::show(row, ordinal),
            Self::Direct(_) => None,
        }?;
        Some(match text.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        })
    }

    /// A better reason why a value does not decode, if there is one.
    fn explain(self, ordinal: usize, source: BoxDynError) -> BoxDynError {
        match self {
            Self::Driver(row) => DB::explain(row, ordinal, source),
            Self::Direct(_) => source,
        }
    }

    fn len(self) -> usize {
        match self {
            Self::Driver(row) => row.len(),
            Self::Direct(row) => row.len(),
        }
    }

    /// The boolean that the statement itself computed, in the last column.
    pub(crate) fn last_flag(self) -> Result<bool, BoxDynError> {
        match self {
            Self::Driver(row) => Ok(DB::flag(row, row.len() - 1)?),
            Self::Direct(row) => row.get(row.len() - 1),
        }
    }

    /// The number that the statement itself computed, in the last column.
    pub(crate) fn last_number(self) -> Result<i64, BoxDynError> {
        match self {
            Self::Driver(row) => Ok(DB::number(row, row.len() - 1)?),
            Self::Direct(row) => row.get(row.len() - 1),
        }
    }
}

/// A row, and where in it the columns of the model are.
#[doc(hidden)]
pub struct RowReader<'a, 'r, DB: Backend> {
    pub(crate) model: &'static Model,
    pub(crate) layout: &'a Layout,
    pub(crate) row: AnyRow<'r, DB>,
}

/// Why a field could not be read, and from which column.
#[doc(hidden)]
#[derive(Debug)]
pub struct ColumnError {
    pub(crate) column: Cow<'static, str>,
    /// The value, if it can be shown.
    pub(crate) value: Option<String>,
    pub(crate) source: BoxDynError,
}

#[allow(clippy::missing_errors_doc)] // named by generated code only
impl<DB: Backend> RowReader<'_, '_, DB> {
    /// A field as its column has it.
    pub fn get<T: FieldType<DB>>(&self, column: usize) -> Result<T, ColumnError> {
        self.decode(column).map_err(|source| self.error(column, source))
    }

    /// The value of a field by `#[sqlx(try_from = "…")]`, from what its column was read as.
    pub fn convert<V, T>(&self, column: usize, value: V) -> Result<T, ColumnError>
    where
        T: TryFrom<V, Error: Display>,
    {
        convert(value).map_err(|source| self.error(column, source))
    }

    /// Whether the row has the column of a field marked `#[sqlx(default)]`, whose value is then read
    /// as the driver does, NULL included.
    pub fn has(&self, column: usize) -> bool {
        self.layout.defaulted.set(Some(column));
        self.layout.ordinal(column).is_some()
    }

    /// A field marked `#[sqlx(flatten)]`.
    pub fn flatten<T: FlattenedRow<DB>>(&self) -> Result<T, ColumnError> {
        self.flat().map_err(flattened)
    }

    /// A field marked `#[sqlx(flatten, default)]`: of which no column may be missing, or all of it
    /// is the default.
    pub fn flatten_or<T: FlattenedRow<DB>>(
        &self,
        default: impl FnOnce() -> T,
    ) -> Result<T, ColumnError> {
        match self.flat() {
            Err(sqlx::Error::ColumnNotFound(_)) => Ok(default()),
            result => result.map_err(flattened),
        }
    }

    /// A field by `#[sqlx(flatten, try_from = "…")]`.
    pub fn convert_flattened<V, T>(&self, field: &'static str) -> Result<T, ColumnError>
    where
        V: FlattenedRow<DB>,
        T: TryFrom<V, Error: Display>,
    {
        convert(self.flatten::<V>()?).map_err(|source| ColumnError::of(field, source))
    }

    /// A field by `#[sqlx(flatten, default, try_from = "…")]`.
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
            // Its columns are not listed.
            AnyRow::Direct(_) => Err(sqlx::Error::RowNotFound),
        }
    }

    fn decode<T: FieldType<DB>>(&self, column: usize) -> Result<T, BoxDynError> {
        let ordinal = self.layout.ordinal(column).ok_or(NO_SUCH_COLUMN)?;
        self.layout.last_read.set(Some(column));
        let row = match self.row {
            AnyRow::Driver(row) => row,
            AnyRow::Direct(row) => return row.get(ordinal),
        };
        let checked = &self.layout.checked[column];
        if checked.get() {
            // From the one straight to the other: to look at the value first would be to copy it,
            // which takes longer than to decode a number.
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

    /// The error for a panic while the column that was read last was decoded.
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

/// Why a flattened struct could not be read.
fn flattened(error: sqlx::Error) -> ColumnError {
    match error {
        sqlx::Error::ColumnDecode { index, source } => ColumnError::of(index, source),
        sqlx::Error::ColumnNotFound(column) => ColumnError::of(column, NO_SUCH_COLUMN.into()),
        other => ColumnError::of("*", other.into()),
    }
}

const NO_SUCH_COLUMN: &str = "the table has no column of this name";

fn convert<V, T: TryFrom<V, Error: Display>>(value: V) -> Result<T, BoxDynError> {
    T::try_from(value).map_err(|error| error.to_string().into())
}
