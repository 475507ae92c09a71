//! Statements that return nothing, and show whether the database knows what they name.
//!
//! ```sql
//! SELECT "books"."id", "authors"."name" FROM "books" JOIN authors ON … WHERE 1 = 0
//! ```

use super::writer::Writer;
use crate::{backend::Backend, model::table::Table};

/// All columns of a model.
pub(crate) fn of_columns<DB: Backend>(table: &Table) -> String {
    probe::<DB>(table, Writer::selection)
}

/// One column of a model.
pub(crate) fn of_column<DB: Backend>(table: &Table, column: usize) -> String {
    probe::<DB>(table, |sql| sql.column(column))
}

/// The tables alone.
pub(crate) fn of_source<DB: Backend>(table: &Table) -> String {
    probe::<DB>(table, |sql| sql.push("1"))
}

fn probe<DB: Backend>(table: &Table, select: impl FnOnce(&mut Writer<DB>)) -> String {
    let mut sql = Writer::<DB>::new(table);
    sql.push("SELECT ");
    select(&mut sql);
    sql.push(" FROM ");
    sql.table();
    sql.push(" WHERE 1 = 0");
    sql.statement.sql
}
