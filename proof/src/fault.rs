//! What is not borne out.

use std::fmt;

use crate::{Claim, Dialect, Mark, Table, TableName, mend};

/// Something that a model says of its table and that the table does not bear out.
///
/// Its text has all of it:
///
/// ```text
/// `unique` of `slug` in table `entries`: index `by_slug` is partial: it leaves rows out; help: CREATE
/// UNIQUE INDEX ON "entries" ("slug"), or take the mark away
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// The model's name: the one that is read, or one of its relations.
    pub model: String,
    /// The table.
    pub table: String,
    /// The mark, or what follows from it.
    pub mark: Mark,
    /// The columns that it is about; for [`Mark::Sql`] the attribute.
    pub columns: Vec<String>,
    /// What the database has instead.
    pub found: String,
    /// What would bear it out.
    pub help: String,
}

impl Fault {
    /// Creates the fault of a claim that a table does not bear out.
    pub(crate) fn of(
        dialect: Dialect,
        model: &str,
        name: &TableName,
        claim: &Claim,
        table: &Table,
        found: String,
    ) -> Self {
        Self {
            model: model.to_owned(),
            table: name.name.clone(),
            mark: claim.mark,
            columns: claim.columns.clone(),
            found,
            help: mend::help(dialect, name, claim, table),
        }
    }

    /// Creates the fault of a column that a statement cannot name.
    pub fn of_column(model: &str, table: &str, column: &str, found: String, help: String) -> Self {
        let (model, table) = (model.to_owned(), table.to_owned());
        Self { model, table, mark: Mark::Column, columns: vec![column.to_owned()], found, help }
    }

    /// Creates the fault of SQL that the database refuses: that of `join` or `query`.
    pub fn of_sql(model: &str, table: &str, word: &str, found: String, help: String) -> Self {
        Self { mark: Mark::Sql, ..Self::of_column(model, table, word, found, help) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, mark, columns, found, help, .. } = self;
        let columns: Vec<_> = columns.iter().map(|column| format!("`{column}`")).collect();
        let columns = columns.join(", ");
        match mark {
            Mark::Table => write!(f, "table `{table}`")?,
            Mark::Column => write!(f, "column {columns} of table `{table}`")?,
            Mark::Sql => write!(f, "the SQL of {columns} at table `{table}`")?,
            Mark::PrimaryKey => write!(f, "`primary_key` of {columns} in table `{table}`")?,
            Mark::Unique => write!(f, "`unique` of {columns} in table `{table}`")?,
            Mark::ChunkKey | Mark::NotNull | Mark::Order => {
                write!(f, "NOT NULL of {columns} in table `{table}`")?;
            }
        }
        write!(f, ": {found}; help: {help}")
    }
}
