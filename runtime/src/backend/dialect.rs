//! The SQL dialect of a database.

use super::column::TableColumn;

/// The SQL dialect of a database.
#[doc(hidden)]
pub trait Speaks {
    /// The form of this database's statements.
    const DIALECT: Dialect;

    /// The beginning of statements whose sort columns may be text.
    const SELECT_SORTED: &'static str = "SELECT ";

    /// Returns a condition that is asked before a column is searched for NULLs: false if it is
    /// declared NOT NULL. Returns `None` if the database leaves out that search by itself.
    fn may_have_nulls(_column: &TableColumn<'_>) -> Option<String> {
        None
    }

    /// Returns a condition that only NULLs meet, if `IS NULL` may find other values of a column.
    fn is_no_value(_column: &TableColumn<'_>) -> Option<String> {
        None
    }
}

/// The form of a database's statements, and the way it executes them.
#[doc(hidden)]
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "databases differ in many ways")]
pub struct Dialect {
    /// The character that quotes names; it is doubled inside a name.
    pub quote: char,
    /// The place of NULLs in ascending order.
    pub nulls: Nulls,
    /// The way an index is searched by comparing several columns.
    pub tuples: Tuples,
    /// True if every value has its own type, whatever its column says.
    pub values_have_types: bool,
    /// The way rows are found by a list of values.
    pub lists: Lists,
    /// True if the driver prepares and executes an unnamed statement in two steps, which a pooler
    /// may separate.
    pub splits_unnamed_statements: bool,
    /// True if a connection is still usable after a statement that was not read to its end.
    pub survives_half_read: bool,
    /// True if the driver learns the columns of a prepared statement only once, so `table.*` must
    /// be prepared again for each use.
    pub learns_columns_once: bool,
    /// True if the places after a position are read in turn, each by its own statement, instead of
    /// all by one statement.
    pub reads_places_in_turn: bool,
    /// True if a statement for several places gives each of them the number of rows that the nearer
    /// ones left, because a condition that counts those would be checked for every row.
    pub gates_by_limit: bool,
    /// True if the database plans a statement anew each time that a number is bound to its LIMIT, unless
    /// the LIMIT is a calculation.
    pub plans_anew_for_limit: bool,
    /// True if DELETE with an alias must name that alias first.
    pub names_deleted_alias: bool,
    /// The statement that begins a transaction in which rows are written, if not the usual one.
    pub begin_write: Option<&'static str>,
    /// True if the database can end a transaction at an error, or outside of it commit nothing, without
    /// the driver's knowledge.
    pub ends_transactions_unnoticed: bool,
    /// True if parameters have numbers, so that one can be used several times.
    pub numbers_parameters: bool,
    /// The characters that begin a parameter with a number or a name.
    pub parameter_marks: &'static str,
    /// True if the database does not walk along an index on the order's columns once a condition
    /// sets one of them equal to a value.
    pub prefers_equality: bool,
    /// True if text is converted to another character set on its way to the client and back.
    pub converts_text: bool,
    /// True if an order can name its operator, so that sorting and comparing use the same one, no
    /// matter which the session finds first.
    pub sorts_by_operator: bool,
    /// The test for NULL.
    pub null_test: NullTest,
    /// The way rows are locked, if they can be.
    pub locks: Option<Locks>,
    /// The maximum number of bytes in a name, if the server cuts longer ones short without an error.
    pub longest_name: Option<usize>,
}

impl Dialect {
    /// Appends a name in quotes.
    pub(crate) fn push_name(&self, sql: &mut String, name: &str) {
        sql.push(self.quote);
        for character in name.chars() {
            if character == self.quote {
                sql.push(self.quote);
            }
            sql.push(character);
        }
        sql.push(self.quote);
    }
}

/// The test for whether a column sorts as NULL.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NullTest {
    /// `IS NULL`
    Is,
    /// `IS NOT DISTINCT FROM NULL`, because `IS NULL` looks at the parts of a composite value.
    Distinct,
}

/// The way an index over several columns is searched by `(a, b) > (x, y)`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tuples {
    /// By all columns.
    RowValue,
    /// By the first column, or the first few.
    FirstColumn,
    /// Not at all, unless the comparison is spelled out column by column.
    Expanded,
}

/// The way rows are found by a list of values in some columns.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// The list is joined as a table, which also numbers its rows.
    Joined,
    /// By IN, with at most this many values per list: MariaDB turns a list of 1,000 into a table,
    /// whose texts have another collation than the column. A derived table always has that problem.
    In(usize),
}

/// The way rows are locked that a statement reads.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Locks {
    /// The operator that takes two NULLs for equal.
    pub same: &'static str,
    /// The clause of a lock that others may have as well.
    pub for_share: &'static str,
    /// True if a subquery can lock the rows of one of its tables. Otherwise, the statement as a whole
    /// locks those of all tables that it names itself, but none of a subquery.
    pub in_subqueries: bool,
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

/// The place of NULLs in ascending order.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    First,
    Last,
}

impl Nulls {
    /// Returns whether NULLs come last in a direction.
    pub(crate) const fn are_last(self, direction: Direction) -> bool {
        matches!(
            (self, direction),
            (Self::First, Direction::Descending) | (Self::Last, Direction::Ascending)
        )
    }
}
