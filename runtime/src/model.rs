//! What a model is: the contract that the derive fills and the rest of the crate reads.

use crate::{
    iteration::{BatchIter, Batches, Iter, Iteration, Rows},
    row::ReadRow,
    source::Source,
};

/// A struct whose rows can be read in batches: what `#[derive(Chunked)]` implements.
///
/// The derive also generates inherent `iter` and `batch_iter`, so the trait is needed only in
/// generic code.
pub trait Chunked: Sized + Send + 'static {
    /// The columns of the table, one field each: what `filter` and `order_by` are given.
    type Columns;

    /// The types of the chunk key's columns, as a tuple: what `range` takes.
    type Key;

    #[doc(hidden)]
    const MODEL: &'static Model;

    #[doc(hidden)]
    fn columns() -> Self::Columns;

    /// Reads the table row by row, in the order of the chunk key.
    fn iter<'s, S>(source: S) -> Iter<'s, Self, S::Database, Self::Key>
    where
        S: Source<'s>,
        Self: ReadRow<S::Database>,
    {
        Iteration::new(source, Rows::none())
    }

    /// Reads the table in batches, in the order of the chunk key.
    fn batch_iter<'s, S>(source: S) -> BatchIter<'s, Self, S::Database, Self::Key>
    where
        S: Source<'s>,
        Self: ReadRow<S::Database>,
    {
        Iteration::new(source, Batches)
    }
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
    /// Every field that is read from a column of its own, in declared order.
    pub columns: &'static [ColumnName],
    /// The chunk key, as indices into `columns`.
    pub key: &'static [usize],
    /// What the query selects.
    pub select: Select,
}

/// A field and the column it is read from.
#[derive(Debug)]
pub struct ColumnName {
    /// The field's name, without `r#`.
    pub field: &'static str,
    /// The column's name.
    pub column: &'static str,
}

/// What the query of a model selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Select {
    /// The model's columns by name, read by position.
    Columns,
    /// `table.*`, for a model with `#[sqlx(flatten)]` or `#[sqlx(default)]`, whose columns are
    /// known only once a row is there.
    Everything,
}
