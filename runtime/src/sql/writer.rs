//! Writes SQL text together with its arguments.
//!
//! Every column is qualified by its table. On SQLite an unknown name in double quotes would
//! otherwise be read as a string.

use std::fmt::Write as _;

use sqlx::{Arguments as _, IntoArguments, QueryBuilder, error::BoxDynError};

use super::parameters;
use crate::{
    backend::{Backend, companion::is_number, dialect::NullTest, statement::Statement},
    expr::{filter::PushedSql, order::Sort},
    model::{ColumnName, Model, Select, table::Table},
};

/// The prefix of the names of companions.
const COMPANION: &str = "sqlx_chunked_companion";

/// The prefix of the names of the columns of a key; no name of the user's should clash with them.
const KEY: &str = "sqlx_chunked_key";

/// SQL text and its arguments, in the dialect of `DB`.
pub(crate) struct Writer<DB: Backend> {
    pub(super) table: Table,
    pub(crate) statement: Statement<DB>,
    /// Text that was written once and may be used again.
    written: Option<String>,
    /// The columns that have the names of the parts of a key, if the tables are out of scope.
    as_key: Option<Vec<usize>>,
}

impl<DB: Backend> Writer<DB> {
    pub(crate) fn new(table: &Table) -> Self {
        Self { table: table.clone(), statement: Statement::default(), written: None, as_key: None }
    }

    pub(crate) fn push(&mut self, sql: &str) {
        self.statement.sql.push_str(sql);
    }

    /// Writes a number.
    pub(super) fn number(&mut self, number: usize) {
        // A `String` takes any text.
        let _written = write!(self.statement.sql, "{number}");
    }

    /// Writes a name in quotes.
    pub(super) fn name(&mut self, name: &str) {
        DB::DIALECT.push_name(&mut self.statement.sql, name);
    }

    /// Writes a table with its schema, and the name that the rest of the statement uses for it.
    pub(super) fn table_alone(&mut self, table: &Table) {
        if let Some(query) = table.model.query {
            self.push("(");
            self.push(query);
            // The parenthesis must not become part of a comment at its end.
            self.push("\n) AS ");
            return self.name(table.model.table);
        }
        if let Some(schema) = table.schema() {
            self.name(schema);
            self.push(".");
        }
        self.name(table.name());
        if let Some(alias) = table.alias() {
            self.push(" AS ");
            self.name(alias);
        }
    }

    /// Writes the table and what is joined to it.
    pub(super) fn table(&mut self) {
        self.table_alone(&self.table.clone());
        if let Some(join) = self.model().join {
            self.push(" ");
            self.push(join);
            // The rest must not become part of a comment at the end of the join.
            self.push("\n");
        }
    }

    const fn model(&self) -> &'static Model {
        self.table.model
    }

    /// Writes columns from here on as the parts of a key that were selected by names of their own.
    pub(super) fn columns_are_of_key(&mut self, columns: impl Iterator<Item = usize>) {
        self.as_key = Some(columns.collect());
    }

    /// Writes a column of the model, qualified by its table.
    pub(crate) fn column(&mut self, index: usize) {
        let part = |columns: &Vec<usize>| columns.iter().position(|column| *column == index);
        if let Some(part) = self.as_key.as_ref().and_then(part) {
            return self.key_name(part);
        }
        let ColumnName { column, joined, .. } = self.model().columns[index];
        if !joined {
            self.name(self.model().table);
            self.push(".");
            return self.name(column);
        }
        for (place, part) in column.split('.').enumerate() {
            if place > 0 {
                self.push(".");
            }
            self.name(part);
        }
    }

    /// Returns a column as text, without writing it.
    pub(super) fn column_text(&mut self, index: usize) -> String {
        let start = self.statement.sql.len();
        self.column(index);
        self.statement.sql.split_off(start)
    }

    /// Writes the condition that a column is NULL, or is not NULL if `negated`, in the sense that
    /// it is sorted by.
    pub(crate) fn null(&mut self, index: usize, negated: bool) {
        self.column(index);
        self.push(match (DB::DIALECT.null_test, negated) {
            (NullTest::Is, false) => " IS NULL",
            (NullTest::Is, true) => " IS NOT NULL",
            (NullTest::Distinct, false) => " IS NOT DISTINCT FROM NULL",
            (NullTest::Distinct, true) => " IS DISTINCT FROM NULL",
        });
    }

    /// Begins a statement that sorts.
    pub(super) fn select(&mut self, order: &[Sort]) {
        let is_number = |sort: &Sort| is_number(self.model().columns[sort.column].type_id);
        self.push(if order.iter().all(is_number) { "SELECT " } else { DB::SELECT_SORTED });
    }

    /// Writes the companions of columns, after the selected columns.
    pub(super) fn companions(&mut self, columns: &[usize]) {
        for (number, &index) in columns.iter().enumerate() {
            let column = self.column_text(index);
            if let Some(companion) = DB::companion(&self.table.column(&column, index)) {
                self.push(", ");
                self.push(&companion);
                self.push(" AS ");
                self.name(&format!("{COMPANION}_{number}"));
            }
        }
    }

    pub(super) fn selection(&mut self) {
        match self.model().select {
            Select::Everything => {
                self.name(self.model().table);
                self.push(".*");
            }
            Select::Columns => self.selection_of(0..self.model().columns.len()),
        }
    }

    /// Writes some of the model's columns, to select them.
    pub(super) fn selection_of(&mut self, columns: impl Iterator<Item = usize>) {
        for (place, index) in columns.enumerate() {
            if place > 0 {
                self.push(", ");
            }
            self.column(index);
        }
    }

    /// Writes some of the model's columns, to select them by names of their own.
    pub(super) fn named_selection_of(&mut self, columns: impl Iterator<Item = usize>) {
        for (part, index) in columns.enumerate() {
            if part > 0 {
                self.push(", ");
            }
            self.column(index);
            self.push(" AS ");
            self.key_name(part);
        }
    }

    /// Writes the name that a column of the key was selected by.
    pub(super) fn key_name(&mut self, part: usize) {
        self.name(&format!("{KEY}_{part}"));
    }

    /// Writes a selected column where the tables are out of scope.
    pub(super) fn selected(&mut self, index: usize) {
        if self.model().columns.iter().any(|column| column.joined) {
            // Columns of two tables may share a name, but not a number.
            self.number(index + 1);
        } else {
            self.name(self.model().columns[index].column);
        }
    }

    /// Writes `LIMIT` with the number of rows.
    pub(super) fn limited_to(&mut self, rows: u64) -> Result<(), BoxDynError> {
        self.push(" LIMIT ");
        self.limit(rows)?;
        if DB::DIALECT.plans_anew_for_limit {
            self.push(" + 0");
        }
        Ok(())
    }

    /// Writes a number of rows.
    pub(super) fn limit(&mut self, rows: u64) -> Result<(), BoxDynError> {
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        DB::bind_limit(&mut self.statement, rows)
    }

    /// Writes text that may be needed more than once in a statement. If parameters have numbers,
    /// the same text is used again, with the same parameters.
    pub(super) fn once(
        &mut self,
        again: bool,
        write: impl FnOnce(&mut Self) -> Result<(), BoxDynError>,
    ) -> Result<(), BoxDynError> {
        if again && let Some(text) = self.written.clone() {
            self.push(&text);
            return Ok(());
        }
        let start = self.statement.sql.len();
        write(self)?;
        if DB::DIALECT.numbers_parameters {
            self.written = Some(self.statement.sql[start..].to_owned());
        }
        Ok(())
    }

    pub(crate) fn separated<T>(
        &mut self,
        separator: &str,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<(), BoxDynError>,
    ) -> Result<(), BoxDynError> {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            write(self, item)?;
        }
        Ok(())
    }

    /// Lets the user push SQL and values through sqlx's own builder. Returns whether anything was
    /// pushed.
    pub(super) fn with_builder(
        &mut self,
        PushedSql { push }: &mut PushedSql<DB>,
    ) -> Result<bool, BoxDynError> {
        const MISUSE: &str = "`filter_sql` and `set_sql` may only push SQL and values: they must \
            neither build nor reset the query";
        const FOREIGN_PARAMETER: &str = "the SQL of `filter_sql` or `set_sql` has a parameter with a number \
            or a name, which could be another value of the statement: bind each value with `push_bind`";
        let sql = std::mem::take(&mut self.statement.sql);
        let arguments = std::mem::take(&mut self.statement.arguments);
        let (text, bound) = (sql.len(), arguments.len());
        let mut builder = QueryBuilder::<DB>::with_arguments(sql, Bound(arguments));
        push(&mut builder);
        let arguments = DB::take_arguments(&mut builder)?.ok_or(MISUSE)?;
        if arguments.len() < bound {
            return Err(MISUSE.into());
        }
        if arguments.len() > bound {
            self.statement.values = None;
        }
        self.statement.sql = builder.into_string();
        let own = bound + 1..arguments.len() + 1;
        self.statement.arguments = arguments;
        if parameters::has_foreign(&self.statement.sql[text..], DB::DIALECT.parameter_marks, &own) {
            return Err(FOREIGN_PARAMETER.into());
        }
        Ok(self.statement.sql.len() > text)
    }

    /// Writes the types of what was bound so far in a comment, where a text must not be sent with
    /// others: nothing else in it names the types of what the user's closure bound.
    pub(super) fn note_types(&mut self) {
        if let Some(types) = DB::types(&self.statement.arguments) {
            self.push(&format!(" /* types {types:x} */"));
        }
    }
}

/// Arguments that were bound before the user's; sqlx implements this conversion for each driver
/// separately.
struct Bound<A>(A);

impl<DB: Backend> IntoArguments<DB> for Bound<DB::Arguments> {
    fn into_arguments(self) -> DB::Arguments {
        self.0
    }
}
