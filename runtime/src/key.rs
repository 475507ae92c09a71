//! The key: the columns of the current order, and what a row says about its place in it.

use std::sync::Arc;

use sqlx::error::BoxDynError;

use crate::{
    backend::{Backend, Nulls},
    error::Error,
    model::Model,
    order::{Direction, Sort},
    raw::RawValue,
    row::Layout,
};

/// The columns of an order of a model; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) model: &'static Model,
    pub(crate) order: Arc<[Sort]>,
}

impl Key {
    /// The order of the model's chunk key.
    pub(crate) fn of(model: &'static Model) -> Self {
        let ascending = |&column| Sort { column, direction: Direction::Ascending };
        Self { model, order: model.key.iter().map(ascending).collect() }
    }

    pub(crate) fn reversed(&self) -> Self {
        let reversed = |sort: &Sort| Sort { direction: sort.direction.reversed(), ..*sort };
        Self { model: self.model, order: self.order.iter().map(reversed).collect() }
    }

    /// The leading column, where its NULLs would come last: a seek ends before them, so that they
    /// have to be looked for.
    pub(crate) fn trailing_nulls<DB: Backend>(&self) -> Option<usize> {
        let leading = self.order.first()?;
        let trailing = match leading.direction {
            Direction::Ascending => Nulls::Last,
            Direction::Descending => Nulls::First,
        };
        (DB::DIALECT.nulls == trailing).then_some(leading.column)
    }

    /// Refuses an order that the database does not compare by.
    pub(crate) fn check<DB: Backend>(&self, row: &DB::Row, layout: &Layout) -> Result<(), Error> {
        self.order.iter().try_for_each(|sort| match layout.ordinal(sort.column) {
            Some(ordinal) => DB::check_key(row, ordinal).map_err(|source| Error::KeyType {
                model: self.model.name,
                column: self.model.columns[sort.column].column,
                source,
            }),
            None => Ok(()),
        })
    }

    /// Takes the key of a row, value by value.
    pub(crate) fn take<DB: Backend>(
        &self,
        row: &DB::Row,
        layout: &Layout,
    ) -> Result<Vec<RawValue>, Error> {
        let take = |sort: &Sort| {
            let missing = || BoxDynError::from("the table has no column of this name");
            let value = layout
                .ordinal(sort.column)
                .ok_or_else(missing)
                .and_then(|ordinal| DB::raw(row, ordinal))
                .map_err(|source| self.undecodable(sort.column, source))?;
            match value {
                RawValue::Null => Err(self.null(sort.column)),
                value => Ok(value),
            }
        };
        self.order.iter().map(take).collect()
    }

    pub(crate) fn null(&self, column: usize) -> Error {
        let name = &self.model.columns[column];
        Error::NullKey { model: self.model.name, field: name.field, column: name.column }
    }

    pub(crate) fn duplicate(&self, values: &[RawValue]) -> Error {
        Error::DuplicateKey {
            model: self.model.name,
            table: self.model.table,
            key: self.describe(values),
        }
    }

    pub(crate) fn no_progress(&self, values: &[RawValue]) -> Error {
        Error::NoProgress { model: self.model.name, key: self.describe(values) }
    }

    pub(crate) fn refused(&self, source: sqlx::Error) -> Error {
        Error::Query { model: self.model.name, table: self.model.table, source }
    }

    fn undecodable(&self, column: usize, source: BoxDynError) -> Error {
        let column = self.model.columns[column].column.to_owned();
        Error::Decode { model: self.model.name, column, source }
    }

    /// The values with their columns, for messages.
    pub(crate) fn describe(&self, values: &[RawValue]) -> String {
        let columns = self.order.iter().map(|sort| self.model.columns[sort.column].column);
        let parts: Vec<_> =
            columns.zip(values).map(|(column, value)| format!("`{column}` = {value}")).collect();
        parts.join(", ")
    }
}

/// The keys of the rows of a batch.
#[derive(Debug)]
pub(crate) struct Keys {
    width: usize,
    values: Vec<RawValue>,
}

impl Keys {
    pub(crate) const fn new(width: usize) -> Self {
        Self { width, values: Vec::new() }
    }

    pub(crate) fn push(&mut self, key: Vec<RawValue>) {
        self.values.extend(key);
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    pub(crate) fn get(&self, row: usize) -> &[RawValue] {
        &self.values[row * self.width..][..self.width]
    }

    pub(crate) fn last(&self) -> Option<&[RawValue]> {
        self.len().checked_sub(1).map(|last| self.get(last))
    }
}
