//! The description of a model, filled in by the derive and read by the rest of the crate.

pub(crate) mod key_type;
pub(crate) mod layout;
pub(crate) mod row;
pub(crate) mod table;

use std::any::TypeId;

use crate::backend::{
    stored::{Field, ReadGeneric},
    value::RawValue,
};

/// A model, without the types that users write its queries with.
#[doc(hidden)]
pub trait Described: Sized + Send + 'static {
    /// The progress of an empty order through the declared unique sets.
    type Sets;

    const MODEL: &'static Model;
}

/// The names of a model, as the derive found them.
#[derive(Debug)]
pub struct Model {
    /// The struct's name, for messages.
    pub name: &'static str,
    /// `schema = "…"`.
    pub schema: Option<&'static str>,
    /// `table = "…"`.
    pub table: &'static str,
    /// `query = "…"`: the query that the rows are those of, named like the table.
    pub query: Option<&'static str>,
    /// `join = "…"`: SQL that follows the table.
    pub join: Option<&'static str>,
    /// Every field that is read from a column of its own, in declared order.
    pub columns: &'static [ColumnName],
    /// The columns that are marked as the primary key, as indices into `columns`.
    pub primary_key: &'static [usize],
    /// The declared unique sets, as indices into `columns`.
    pub sets: &'static [&'static [usize]],
    /// The chunk key, as indices into `columns`.
    pub key: &'static [usize],
    /// The columns that the query selects.
    pub select: Select,
}

impl Model {
    /// Lists values with their columns, for messages.
    pub(crate) fn describe(
        &self,
        columns: impl IntoIterator<Item = usize>,
        values: &[RawValue],
    ) -> String {
        let columns = columns.into_iter().map(|column| self.columns[column].column);
        let parts: Vec<_> =
            columns.zip(values).map(|(column, value)| format!("`{column}` = {value}")).collect();
        parts.join(", ")
    }
}

/// A field and the column it is read from.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct ColumnName {
    /// The field's name, without `r#`.
    pub field: &'static str,
    /// The column's name. A joined column is written as given, with its qualifier: `authors.name`.
    pub column: &'static str,
    /// True if it is given by `column = "…"`, from another table than the model's own.
    pub joined: bool,
    /// True if it is marked unique.
    pub unique: bool,
    /// True if the field's type has room for NULL.
    pub nullable: bool,
    /// True if the table may lack the column.
    pub optional: bool,
    /// The type that the column is decoded as.
    pub type_id: TypeId,
    /// Decodes the type without a driver, if it is generic over the database.
    pub read_generic: Option<ReadGeneric>,
}

impl ColumnName {
    /// Returns what there is to know for decoding the type without the driver.
    pub(crate) const fn direct(&self) -> Field {
        Field { nullable: self.nullable, read_generic: self.read_generic }
    }
}

impl ColumnName {
    /// Returns a column that is decoded as a `T`. Generated code adds what else is true of it.
    #[must_use]
    pub const fn of<T: 'static>(field: &'static str, column: &'static str) -> Self {
        Self {
            field,
            column,
            joined: false,
            unique: false,
            nullable: false,
            optional: false,
            type_id: TypeId::of::<T>(),
            read_generic: None,
        }
    }

    /// The same column, but of another table.
    #[must_use]
    pub const fn joined(self) -> Self {
        Self { joined: true, ..self }
    }

    /// The same column, marked unique.
    #[must_use]
    pub const fn unique(self) -> Self {
        Self { unique: true, ..self }
    }

    /// The same column, of a type that has room for NULL or not.
    #[must_use]
    pub const fn nullable(self, nullable: bool) -> Self {
        Self { nullable, ..self }
    }

    /// The same column, which the table may lack.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// The same column, of a type that is generic over the database or not.
    #[must_use]
    pub const fn read_by(self, read_generic: Option<ReadGeneric>) -> Self {
        Self { read_generic, ..self }
    }
}

#[cfg(test)]
impl Model {
    /// Entries with a unique `id` and a nullable `delay`, for tests that look only at names.
    pub(crate) const ENTRIES: &Self = &Self {
        name: "Entry",
        schema: None,
        table: "entries",
        query: None,
        join: None,
        columns: &[
            ColumnName::of_integers("id", "id", true, false),
            ColumnName::of_integers("delay", "delay", false, true),
        ],
        primary_key: &[0],
        sets: &[],
        key: &[0],
        select: Select::Columns,
    };
}

#[cfg(test)]
impl ColumnName {
    /// Returns a column for tests that look only at names.
    pub(crate) const fn of_integers(
        field: &'static str,
        column: &'static str,
        unique: bool,
        nullable: bool,
    ) -> Self {
        Self { unique, nullable, ..Self::of::<i64>(field, column) }
    }
}

/// The columns that the query of a model selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// The model's columns by name, read by position.
    Columns,
    /// `table.*`, for a model with `#[sqlx(flatten)]` or `#[sqlx(default)]`, whose columns are
    /// known only once a row is there.
    Everything,
}
