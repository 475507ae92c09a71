//! The description of a table.

use std::{borrow::Cow, fmt};

use crate::Dialect;

/// A table, as a catalog describes it.
#[derive(Clone, Debug)]
pub struct Table {
    /// Whether it can uphold anything.
    pub kind: Kind,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its indexes, those that constraints have among them.
    pub indexes: Vec<Index>,
    /// True if its rows are in partitions, whose key a unique index must include.
    pub partitioned: bool,
}

/// Whether a table can uphold what it declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The database upholds it.
    Table,
    /// Nothing can be proven of it, because it … (`is a view`).
    Unprovable(Cow<'static, str>),
}

/// A column.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, and whatever else a definition of it repeats, for DDL.
    pub definition: String,
    /// Whether NULL is refused.
    pub not_null: NotNull,
    /// Its collation, if it has one.
    pub collation: Option<String>,
    /// True if only texts of the same bytes are equal by its collation.
    pub by_bytes: bool,
    /// True if its collation compares letter by letter: if two texts are equal, so are their beginnings.
    pub by_letters: bool,
    /// True if its values are computed.
    pub generated: bool,
    /// True for a column that the table has without a declaration, or that is not its own.
    pub implicit: bool,
}

/// Whether NULL is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotNull {
    /// The database refuses it.
    Yes,
    /// It is not refused.
    No,
    /// It is refused, but may have come in all the same.
    Unknown(Cow<'static, str>),
}

/// An index.
#[derive(Clone, Debug)]
pub struct Index {
    /// Its name; the rowid of SQLite has none.
    pub name: Option<String>,
    /// True if it is declared unique.
    pub unique: bool,
    /// Its key, without columns that are only included.
    pub parts: Vec<Part>,
    /// The reasons why it does not keep rows apart.
    pub flaws: Vec<Flaw>,
    /// True if no rows are read in its order.
    pub ignored: bool,
}

/// A reason why a unique index does not keep the rows of the table apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It leaves rows out, by a WHERE.
    Partial,
    /// It was never finished, or is not there on all partitions.
    Invalid,
    /// It is checked at the end of a transaction.
    Deferrable,
    /// Its rows are kept apart by other operators than `=`.
    Exclusion,
    /// It is not known by what it compares.
    Unclear,
}

/// A part of the key of an index.
#[derive(Clone, Debug)]
pub struct Part {
    /// The column, unless it is an expression.
    pub column: Option<String>,
    /// The collation that the index compares by.
    pub collation: Option<String>,
    /// The class of operators that it compares by, if it is not the one that `=` belongs to.
    pub operators: Option<String>,
    /// True if only the beginning of the column is in the index.
    pub prefix: bool,
    /// True if it is sorted from the last value to the first.
    pub descending: bool,
    /// True if NULLs are not where the order would have them.
    pub nulls_elsewhere: bool,
}

impl Table {
    /// A table without columns.
    pub const fn empty(kind: Kind) -> Self {
        Self { kind, columns: Vec::new(), indexes: Vec::new(), partitioned: false }
    }

    /// Returns a column by name.
    pub fn column(&self, dialect: Dialect, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| dialect.is_same_column(&column.name, name))
    }
}

impl Column {
    /// A column of numbers that are never NULL, unless more is known of it.
    pub fn of(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            definition: String::new(),
            not_null: NotNull::Yes,
            collation: None,
            by_bytes: true,
            by_letters: true,
            generated: false,
            implicit: false,
        }
    }
}

impl Part {
    /// A part that is a column by its own collation.
    pub fn of(column: &Column) -> Self {
        Self {
            column: Some(column.name.clone()),
            collation: column.collation.clone(),
            operators: None,
            prefix: false,
            descending: false,
            nulls_elsewhere: false,
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Partial => "is partial: it leaves rows out",
            Self::Invalid => "is not valid: it was not finished, or is not on all partitions",
            Self::Deferrable => "is deferrable: rows may tie until their transaction ends",
            Self::Exclusion => "is an exclusion constraint: rows may tie by `=`",
            Self::Unclear => "may compare otherwise than the column does",
        })
    }
}
