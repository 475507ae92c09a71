//! The table that a model's rows are read from.

use std::{borrow::Cow, sync::Arc};

use super::{ColumnName, Model};
use crate::backend::{Backend, column::TableColumn};

/// The table that the struct names, unless another one was named at run time. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) model: &'static Model,
    name: Option<Arc<str>>,
    schema: Option<Arc<str>>,
}

impl From<&'static Model> for Table {
    fn from(model: &'static Model) -> Self {
        Self { model, name: None, schema: None }
    }
}

impl Table {
    /// Names another table with the same columns.
    pub(crate) fn set_name(&mut self, name: String) {
        self.name = (name != self.model.table).then(|| name.into());
    }

    /// Names another schema with the same table.
    pub(crate) fn set_schema(&mut self, schema: String) {
        let is_own = self.model.schema == Some(&*schema);
        self.schema = (!is_own).then(|| schema.into());
    }

    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(self.model.table)
    }

    pub(crate) fn schema(&self) -> Option<&str> {
        self.schema.as_deref().or(self.model.schema)
    }

    /// Returns the schema that was named at run time.
    pub(crate) fn schema_at_run_time(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    /// Returns whether the table or its schema was named at run time.
    pub(crate) const fn is_named_at_run_time(&self) -> bool {
        self.name.is_some() || self.schema.is_some()
    }

    /// Returns the name that the struct, `join` and `filter_sql` know, if it is not the table's
    /// own. Statements use it as an alias.
    pub(crate) fn alias(&self) -> Option<&'static str> {
        (self.name() != self.model.table).then_some(self.model.table)
    }

    /// Returns the name for messages.
    pub(crate) fn to_cow(&self) -> Cow<'static, str> {
        match &self.name {
            None => Cow::Borrowed(self.model.table),
            Some(name) => Cow::Owned(name.to_string()),
        }
    }

    /// Returns a column, to write something about it.
    pub(crate) fn column<'a>(&'a self, sql: &'a str, index: usize) -> TableColumn<'a> {
        let ColumnName { column, joined, type_id, .. } = self.model.columns[index];
        TableColumn {
            sql,
            name: column,
            field: type_id,
            schema: self.schema(),
            table: self.name(),
            source: if joined { self.model.join } else { self.model.query },
            outer: self.model.join.is_some_and(makes_nulls),
        }
    }

    /// Returns whether a column can need a companion.
    pub(crate) fn has_companion<DB: Backend>(&self, index: usize) -> bool {
        DB::companion(&self.column("", index)).is_some()
    }

    /// Returns the columns that need a companion if related rows are found by them.
    pub(crate) fn companions_of_references<DB: Backend>(
        &self,
        columns: &[usize],
    ) -> impl Iterator<Item = usize> {
        let convert = DB::DIALECT.converts_text;
        columns.iter().copied().filter(move |&column| convert && self.has_companion::<DB>(column))
    }
}

/// Returns whether a join may keep rows that have no partner in the table itself.
fn makes_nulls(join: &str) -> bool {
    let join = join.to_ascii_uppercase();
    ["RIGHT", "FULL"].iter().any(|word| join.contains(word))
}
