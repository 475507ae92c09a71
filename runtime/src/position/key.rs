//! The key: the columns of the current order, and what a row says about its place in it.

use std::sync::Arc;

use sqlx::error::BoxDynError;

use crate::{
    backend::{Backend, Slot, is_number, value::RawValue},
    error::Error,
    expr::order::{Direction, Sort},
    model::{
        Model,
        row::{AnyRow, ColumnError, Layout},
    },
    position::token,
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

    /// The error for a column that the database sorts otherwise than it compares it.
    pub(crate) fn unsound(&self, column: usize, source: BoxDynError) -> Error {
        let column = self.model.columns[column].column;
        Error::KeyType { model: self.model.name, column, source }
    }

    /// Refuses two keys in a row if the database looks at less of them to sort them than to compare
    /// them.
    #[inline]
    pub(crate) fn check_length(
        &self,
        one: &[RawValue],
        next: &[RawValue],
        layout: &Layout,
    ) -> Result<(), Error> {
        for &(part, sorted_bytes) in &layout.cut_short {
            if one[part].may_be_cut_short(&next[part], sorted_bytes) {
                let reason = format!(
                    "two values are so long that the server does not look at all of them when it \
                     sorts them, but at {sorted_bytes} bytes of weights; order by another unique \
                     column"
                );
                return Err(self.unsound(self.order[part].column, reason.into()));
            }
        }
        Ok(())
    }

    /// Which parts of the key are long enough to be cut short when they are sorted.
    pub(crate) fn cut_short<DB: Backend>(
        &self,
        row: AnyRow<'_, DB>,
        layout: &Layout,
    ) -> Vec<(usize, usize)> {
        let AnyRow::Driver(row) = row else { return Vec::new() };
        let bytes = |sort: &Sort| DB::sorted_bytes(row, layout.slot(sort.column)?);
        let parts = self.order.iter().enumerate();
        parts.filter_map(|(part, sort)| bytes(sort).map(|bytes| (part, bytes))).collect()
    }

    /// The parts whose values depend on the type of their column, and the columns. Numbers are the
    /// same in all types, and where values have types of their own a column has none.
    pub(crate) fn typed_parts<DB: Backend>(&self) -> impl Iterator<Item = (usize, usize)> {
        let parts = self.order.iter().map(|sort| sort.column).enumerate();
        parts.filter(|(_, column)| {
            !DB::DIALECT.values_have_types && !is_number(self.model.columns[*column].type_id)
        })
    }

    /// Which columns of the key need a companion.
    pub(crate) fn companions<DB: Backend>(&self) -> impl Iterator<Item = usize> {
        self.order
            .iter()
            .map(|sort| sort.column)
            .filter(|column| self.model.has_companion::<DB>(*column))
    }

    /// Takes the key of a row, value by value.
    pub(crate) fn take<DB: Backend>(
        &self,
        row: AnyRow<'_, DB>,
        layout: &Layout,
        position: Option<&[RawValue]>,
        keys: &mut Keys,
    ) -> Result<(), Error> {
        for (part, sort) in self.order.iter().enumerate() {
            let value = self.model.value(sort.column, layout, |slot| row.raw(slot))?;
            if value.is_null() {
                if !self.is_nullable(sort) {
                    return Err(self.null(sort.column));
                }
            } else if layout.is_new(part) {
                let position = position.and_then(|values| values.get(part));
                self.check::<DB>(row, layout, sort.column, position)?;
            }
            keys.values.push(value);
        }
        Ok(())
    }

    /// Refuses columns of types that the database does not sort as it compares them.
    pub(crate) fn check_types<DB: Backend>(
        &self,
        row: AnyRow<'_, DB>,
        layout: &Layout,
    ) -> Result<(), Error> {
        self.order.iter().try_for_each(|sort| self.check::<DB>(row, layout, sort.column, None))
    }

    /// Refuses a column that the database does not sort as it compares it, and a position in another
    /// order. Of a text, only a value tells.
    #[cold]
    fn check<DB: Backend>(
        &self,
        row: AnyRow<'_, DB>,
        layout: &Layout,
        column: usize,
        position: Option<&RawValue>,
    ) -> Result<(), Error> {
        let (AnyRow::Driver(row), Some(slot)) = (row, layout.slot(column)) else { return Ok(()) };
        DB::check_key(row, slot, position).map_err(|source| self.unsound(column, source))
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

    /// The error for a value of a row with some key that does not decode.
    pub(crate) fn undecodable(&self, error: ColumnError, row: &[RawValue]) -> Error {
        let ColumnError { column, value, source } = error;
        Error::Decode {
            model: self.model.name,
            column: column.into_owned(),
            value: value.map(Into::into),
            key: self.describe(row).into(),
            token: Some(token::write(self, row, false).into()),
            source,
        }
    }

    pub(crate) fn no_progress(&self, values: &[RawValue]) -> Error {
        Error::NoProgress { model: self.model.name, key: self.describe(values) }
    }

    /// The error for a cursor whose values mean something else by now.
    pub(crate) fn outdated(&self) -> Error {
        Error::Cursor {
            model: self.model.name,
            reason: "the type or collation of a column of its order has changed since it was taken; \
                     begin anew",
        }
    }

    /// The error for a row that is sorted behind a position, and compared as if it were not.
    pub(crate) fn disorder(&self, position: &[RawValue], row: &[RawValue]) -> Error {
        Error::Order {
            model: self.model.name,
            table: self.model.table,
            position: self.describe(position),
            row: self.describe(row),
        }
    }

    pub(crate) fn refused<DB: Backend>(&self, source: sqlx::Error) -> Error {
        let hint = DB::hint(&source);
        Error::Query { model: self.model.name, table: self.model.table, source, hint }
    }

    /// The values with their columns, for messages.
    pub(crate) fn describe(&self, values: &[RawValue]) -> String {
        self.model.describe(self.order.iter().map(|sort| sort.column), values)
    }
}

/// Columns whose values are taken from each row to find related rows by them.
#[derive(Clone, Debug)]
pub(crate) enum Taken {
    /// Foreign keys: compared as the column is that they refer to.
    References(Box<[usize]>),
    /// A key that foreign keys refer to: compared as it is itself.
    Keys(Box<[usize]>),
}

impl Taken {
    pub(crate) fn columns(&self) -> &[usize] {
        match self {
            Self::References(columns) | Self::Keys(columns) => columns,
        }
    }
}

/// Values of a model's columns, in the database's own form.
impl Model {
    /// The value that a row has in a column.
    fn value(
        &self,
        column: usize,
        layout: &Layout,
        take: impl FnOnce(Slot) -> Result<RawValue, BoxDynError>,
    ) -> Result<RawValue, Error> {
        let missing = || BoxDynError::from("the table has no column of this name");
        layout.slot(column).ok_or_else(missing).and_then(take).map_err(|source| Error::Decode {
            value: None,
            key: Box::default(),
            token: None,
            model: self.name,
            column: self.columns[column].column.to_owned(),
            source,
        })
    }

    /// Which of some columns need a companion, if related rows are found by them.
    pub(crate) fn companions_of_references<DB: Backend>(
        &self,
        columns: &[usize],
    ) -> impl Iterator<Item = usize> {
        let convert = DB::DIALECT.converts_text;
        columns.iter().copied().filter(move |&column| convert && self.has_companion::<DB>(column))
    }

    /// Takes the values of some columns.
    pub(crate) fn take<DB: Backend>(
        &self,
        taken: &Taken,
        row: AnyRow<'_, DB>,
        layout: &Layout,
        values: &mut Keys,
    ) -> Result<(), Error> {
        for &column in taken.columns() {
            values.values.push(self.value(column, layout, |slot| match taken {
                Taken::References(_) => row.reference(slot),
                Taken::Keys(_) => row.raw(slot),
            })?);
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

    /// The keys of further rows.
    pub(crate) fn append(&mut self, keys: Self) {
        self.values.extend(keys.values);
    }

    /// Takes the last key away.
    pub(crate) fn pop(&mut self) -> Vec<RawValue> {
        self.values.split_off(self.values.len().saturating_sub(self.width))
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
