//! The key: the columns of the current order, and what a row says about its place in it.

use std::sync::Arc;

use sqlx::error::BoxDynError;

use crate::{
    backend::Backend,
    error::Error,
    model::Model,
    order::{Direction, Sort},
    raw::RawValue,
    row::{AnyRow, Layout},
};

/// The columns of an order of a model; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) model: &'static Model,
    /// The columns that the rows are sorted by and sought in.
    pub(crate) order: Arc<[Sort]>,
    /// All columns as the order was written, which is what a range is over.
    pub(crate) written: Arc<[Sort]>,
}

impl Key {
    /// The order of the model's chunk key.
    pub(crate) fn of(model: &'static Model) -> Self {
        Self::new(model, model.key.iter().copied().map(ascending).collect())
    }

    /// Some columns, by which rows are found rather than sorted.
    pub(crate) fn by(model: &'static Model, columns: &[usize]) -> Self {
        let order: Arc<[Sort]> = columns.iter().copied().map(ascending).collect();
        Self { model, order: Arc::clone(&order), written: order }
    }

    /// An order by columns of which some are unique. What follows those cannot matter.
    pub(crate) fn new(model: &'static Model, written: Vec<Sort>) -> Self {
        let end = (1..=written.len())
            .find(|&length| is_unique(model, &written[..length]))
            .unwrap_or(written.len());
        Self { model, order: written[..end].into(), written: written.into() }
    }

    pub(crate) fn reversed(&self) -> Self {
        let reversed = |sort: &Sort| Sort { direction: sort.direction.reversed(), ..*sort };
        Self {
            model: self.model,
            order: self.order.iter().map(reversed).collect(),
            written: self.written.iter().map(reversed).collect(),
        }
    }

    /// Whether a column of the order is read as an `Option`, so that NULLs are rows like others.
    pub(crate) fn is_nullable(&self, sort: &Sort) -> bool {
        self.model.columns[sort.column].nullable
    }

    /// The leading column, where it should hold no NULL, but would have them last: a seek ends
    /// before them, so that they have to be looked for.
    pub(crate) fn trailing_nulls<DB: Backend>(&self) -> Option<usize> {
        let leading = self.order.first()?;
        let unseen = !self.is_nullable(leading) && DB::DIALECT.nulls.are_last(leading.direction);
        unseen.then_some(leading.column)
    }

    /// Refuses an order that the database does not compare by.
    pub(crate) fn check<DB: Backend>(
        &self,
        row: AnyRow<'_, DB>,
        layout: &Layout,
    ) -> Result<(), Error> {
        let AnyRow::Driver(row) = row else { return Ok(()) };
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
        row: AnyRow<'_, DB>,
        layout: &Layout,
        keys: &mut Keys,
    ) -> Result<(), Error> {
        for sort in &*self.order {
            let value = self.model.raw(sort.column, row, layout)?;
            if value.is_null() && !self.is_nullable(sort) {
                return Err(self.null(sort.column));
            }
            keys.values.push(value);
        }
        Ok(())
    }

    pub(crate) fn null(&self, column: usize) -> Error {
        let name = &self.model.columns[column];
        Error::NullKey { model: self.model.name, field: name.field, column: name.column }
    }

    pub(crate) fn duplicate(&self, values: &[RawValue]) -> Error {
        Error::DuplicateKey {
            model: self.model.name,
            table: self.model.table,
            joined: self.model.join.is_some(),
            key: self.describe(values),
        }
    }

    pub(crate) fn no_progress(&self, values: &[RawValue]) -> Error {
        Error::NoProgress { model: self.model.name, key: self.describe(values) }
    }

    pub(crate) fn refused(&self, source: sqlx::Error) -> Error {
        Error::Query { model: self.model.name, table: self.model.table, source }
    }

    /// The values with their columns, for messages.
    pub(crate) fn describe(&self, values: &[RawValue]) -> String {
        self.model.describe(self.order.iter().map(|sort| sort.column), values)
    }
}

/// Values of a model's columns, in the database's own form.
impl Model {
    /// The value that a row has in a column.
    fn raw<DB: Backend>(
        &self,
        column: usize,
        row: AnyRow<'_, DB>,
        layout: &Layout,
    ) -> Result<RawValue, Error> {
        let missing = || BoxDynError::from("the table has no column of this name");
        let value = layout.ordinal(column).ok_or_else(missing);
        value.and_then(|ordinal| row.raw(ordinal)).map_err(|source| Error::Decode {
            model: self.name,
            column: self.columns[column].column.to_owned(),
            source,
        })
    }

    /// Takes the values of some columns.
    pub(crate) fn take<DB: Backend>(
        &self,
        columns: &[usize],
        row: AnyRow<'_, DB>,
        layout: &Layout,
        values: &mut Keys,
    ) -> Result<(), Error> {
        for &column in columns {
            values.values.push(self.raw(column, row, layout)?);
        }
        Ok(())
    }

    /// Values with their columns, for messages.
    pub(crate) fn describe(
        &self,
        columns: impl IntoIterator<Item = usize>,
        values: &[RawValue],
    ) -> String {
        let columns = columns.into_iter().map(|column| self.columns[column].column);
        let parts: Vec<_> =
            columns.zip(values).map(|(column, value)| format!("`{column}` = {value}")).collect();
        parts.join(", ")
    }
}

const fn ascending(column: usize) -> Sort {
    Sort { column, direction: Direction::Ascending }
}

/// Whether no two rows can be equal in these columns: one of them is unique, or they have all
/// columns of a declared set in its order.
fn is_unique(model: &Model, sorts: &[Sort]) -> bool {
    let columns = || sorts.iter().map(|sort| sort.column).filter(|&c| !model.columns[c].nullable);
    columns().any(|column| model.columns[column].unique)
        || model.sets.iter().any(|set| {
            let mut columns = columns();
            set.iter().all(|member| columns.any(|column| column == *member))
        })
}

/// The keys of the rows of a batch.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    width: usize,
    values: Vec<RawValue>,
}

impl Keys {
    pub(crate) const fn new(width: usize) -> Self {
        Self { width, values: Vec::new() }
    }

    pub(crate) fn push(&mut self, key: &[RawValue]) {
        self.values.extend_from_slice(key);
    }

    /// Takes the last key away.
    pub(crate) fn pop(&mut self) {
        self.values.truncate(self.values.len() - self.width);
    }

    /// The last key, and the one before it, where there is one.
    #[inline]
    pub(crate) fn last_two(&self) -> (Option<&[RawValue]>, &[RawValue]) {
        let last = self.len() - 1;
        (last.checked_sub(1).map(|before| self.get(before)), self.get(last))
    }

    /// How many keys there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    #[inline]
    pub(crate) fn get(&self, row: usize) -> &[RawValue] {
        &self.values[row * self.width..][..self.width]
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &[RawValue]> {
        self.values.chunks_exact(self.width.max(1))
    }

    pub(crate) fn last(&self) -> Option<&[RawValue]> {
        self.len().checked_sub(1).map(|last| self.get(last))
    }
}
