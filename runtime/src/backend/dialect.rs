//! How a database writes SQL.

/// How a database writes SQL.
#[doc(hidden)]
pub trait Speaks {
    /// What statements of this database look like.
    const DIALECT: Dialect;

    /// The beginning of a statement that sorts by columns that may be text.
    const SELECT_SORTED: &'static str = "SELECT ";
}

/// What statements of a database look like, and how it executes them.
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
    /// Whether the places after a position are read by a statement each, one after the other, and
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
    /// How to ask for NULLs.
    pub null_test: NullTest,
}

/// How to ask whether a column is NULL in the sense that it is sorted by.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullTest {
    /// `IS NULL`
    Is,
    /// `IS NOT DISTINCT FROM NULL`, where `IS NULL` asks for the parts of a composite value.
    Distinct,
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
    /// By IN, with lists of at most so many values: MariaDB takes one of 1,000 for a table, whose
    /// texts have a collation that is not the column's. A derived table has it from the start.
    In(usize),
}

/// The direction of one column of an order.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    pub(crate) const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
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
