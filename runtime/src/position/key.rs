//! The key: the columns of an order.

use std::sync::Arc;

use crate::{
    backend::{Backend, companion::is_number, dialect::Direction, value::RawValue},
    expr::order::Sort,
    model::{Model, table::Table},
};

/// The columns of a model's order; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) table: Table,
    /// The columns that the rows are sorted by and sought in.
    pub(crate) order: Arc<[Sort]>,
    /// All columns of the order as written; ranges are over these.
    pub(crate) written: Arc<[Sort]>,
}

impl Key {
    /// Creates the key for the order of the model's chunk key.
    pub(crate) fn of(table: impl Into<Table>) -> Self {
        let table = table.into();
        let key = table.model.key.iter().copied().map(ascending).collect();
        Self::new(table, key)
    }

    /// Creates a key from columns that rows are found by rather than sorted by.
    pub(crate) fn by(table: impl Into<Table>, columns: &[usize]) -> Self {
        let order: Arc<[Sort]> = columns.iter().copied().map(ascending).collect();
        Self { table: table.into(), order: Arc::clone(&order), written: order }
    }

    /// Creates the key for an order by columns, some of which are unique. Columns after those
    /// cannot matter.
    pub(crate) fn new(table: impl Into<Table>, written: Vec<Sort>) -> Self {
        let table = table.into();
        let end = (1..=written.len())
            .find(|&length| is_unique(table.model, &written[..length]))
            .unwrap_or(written.len());
        Self { table, order: written[..end].into(), written: written.into() }
    }

    pub(crate) const fn model(&self) -> &'static Model {
        self.table.model
    }

    pub(crate) fn reversed(&self) -> Self {
        let reversed = |sort: &Sort| Sort { direction: sort.direction.reversed(), ..*sort };
        Self {
            table: self.table.clone(),
            order: self.order.iter().map(reversed).collect(),
            written: self.written.iter().map(reversed).collect(),
        }
    }

    /// Returns whether a column of the order is read as an `Option`, so that rows with NULLs are
    /// like others.
    pub(crate) fn is_nullable(&self, sort: &Sort) -> bool {
        self.model().columns[sort.column].nullable
    }

    /// Returns the parts that should hold no NULLs.
    pub(crate) fn parts_without_nulls(&self) -> impl Iterator<Item = usize> {
        (0..self.order.len()).filter(|&part| !self.is_nullable(&self.order[part]))
    }

    /// Returns whether the NULLs of a part are sorted last: a seek ends before them, so if there
    /// should be none, they must be looked for.
    pub(crate) fn has_nulls_last<DB: Backend>(&self, part: usize) -> bool {
        DB::DIALECT.nulls.are_last(self.order[part].direction)
    }

    /// Returns the parts whose values depend on the type of their column, and the columns. Numbers
    /// are the same in all types, and if values have types of their own, a column has none.
    pub(crate) fn typed_parts<DB: Backend>(&self) -> impl Iterator<Item = (usize, usize)> {
        let parts = self.order.iter().map(|sort| sort.column).enumerate();
        parts.filter(|(_, column)| {
            !DB::DIALECT.values_have_types && !is_number(self.model().columns[*column].type_id)
        })
    }

    /// Returns the columns of the key that need a companion.
    pub(crate) fn companions<DB: Backend>(&self) -> impl Iterator<Item = usize> {
        self.order
            .iter()
            .map(|sort| sort.column)
            .filter(|column| self.table.has_companion::<DB>(*column))
    }

    /// Returns those of some companions that belong to columns of the key.
    pub(crate) fn own_companions(&self, companions: &[usize]) -> impl Iterator<Item = usize> {
        let is_own = |column: &usize| self.order.iter().any(|sort| sort.column == *column);
        companions.iter().copied().filter(is_own)
    }

    /// Returns whether values are those of a position: one for every column, and NULL only if it may
    /// be.
    pub(crate) fn is_fitted_by(&self, values: &[RawValue]) -> bool {
        let mut pairs = self.order.iter().zip(values);
        values.len() == self.order.len()
            && pairs.all(|(sort, value)| self.is_nullable(sort) || !value.is_null())
    }

    /// Describes the values with their columns, for messages.
    pub(crate) fn describe(&self, values: &[RawValue]) -> String {
        self.model().describe(self.order.iter().map(|sort| sort.column), values)
    }
}

/// Returns an order or its reverse, whichever has the first column ascending.
pub(crate) fn forwards(order: &[Sort]) -> impl Iterator<Item = Sort> {
    let turned = order.first().is_some_and(|first| first.direction == Direction::Descending);
    order.iter().map(move |sort| {
        let direction = if turned { sort.direction.reversed() } else { sort.direction };
        Sort { direction, ..*sort }
    })
}

const fn ascending(column: usize) -> Sort {
    Sort { column, direction: Direction::Ascending }
}

/// Returns whether no two rows can be equal in these columns: one of them is unique, or they have
/// all columns of a declared set, in any order.
fn is_unique(model: &Model, sorts: &[Sort]) -> bool {
    let has = |column: usize| {
        !model.columns[column].nullable && sorts.iter().any(|sort| sort.column == column)
    };
    sorts.iter().any(|sort| has(sort.column) && model.columns[sort.column].unique)
        || model.sets.iter().any(|set| set.iter().all(|member| has(*member)))
}
