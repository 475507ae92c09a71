//! What a model says of its table.

use crate::TableName;

/// What a model says of its table.
#[derive(Clone, Debug)]
pub struct Claims {
    /// The model's name.
    pub model: String,
    /// The table.
    pub table: TableName,
    /// The marks, and what follows from them.
    pub claims: Vec<Claim>,
    /// The order that the rows are read in.
    pub order: Vec<Sorted>,
}

/// One thing that a model says of its table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The mark that says it.
    pub mark: Mark,
    /// The columns that it is about.
    pub columns: Vec<String>,
}

/// A column of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorted {
    /// Its name.
    pub column: String,
    /// True if it is read from the last value to the first.
    pub descending: bool,
}

/// A mark of a struct, or what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mark {
    /// `#[chunked(table = "…")]`: the table exists.
    Table,
    /// A field: its column exists.
    Column,
    /// `join = "…"` or `query = "…"`: the database runs the SQL.
    Sql,
    /// `#[chunked(primary_key)]`: no two rows have the same values.
    PrimaryKey,
    /// `#[chunked(unique)]`, or `unique(a, b)` on the struct: no two rows have the same values.
    Unique,
    /// `#[chunk_key]`: no row has a NULL there.
    ChunkKey,
    /// A field without `Option` that is marked unique: no row has a NULL there.
    NotNull,
    /// A field without `Option` that the rows are ordered by: no row has a NULL there.
    Order,
}

impl Mark {
    /// Returns whether it says that no two rows have the same values.
    pub const fn is_unique(self) -> bool {
        matches!(self, Self::PrimaryKey | Self::Unique)
    }

    /// Returns whether it says that no value is NULL.
    pub const fn is_not_null(self) -> bool {
        matches!(self, Self::ChunkKey | Self::NotNull | Self::Order)
    }
}
