//! Columns, as a database writes something about them into a statement.

use std::any::TypeId;

/// A column, and where its values come from.
#[doc(hidden)]
#[derive(Debug)]
pub struct TableColumn<'a> {
    /// The column as SQL.
    pub sql: &'a str,
    /// The column's name alone.
    pub name: &'a str,
    /// The type that the column is read as.
    pub field: TypeId,
    pub schema: Option<&'a str>,
    pub table: &'a str,
    /// The SQL that the column comes from, if it is not the table's own: a join, or a query that
    /// stands for the table.
    pub source: Option<&'a str>,
    /// True if it may be NULL in rows that a join makes, although the table has no NULL in it.
    pub outer: bool,
}
