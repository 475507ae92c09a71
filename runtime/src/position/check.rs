//! Takes the keys of rows value by value, and checks them against the order that they should have.

use super::{key::Key, keys::Keys};
use crate::{
    backend::{Backend, row::AnyRow, value::RawValue},
    error::Error,
    expr::order::Sort,
    model::layout::Layout,
};

impl Key {
    /// Takes the key of a row, value by value.
    #[inline]
    pub(crate) fn take<DB: Backend>(
        &self,
        row: AnyRow<'_, DB>,
        layout: &Layout,
        position: Option<&[RawValue]>,
        keys: &mut Keys,
    ) -> Result<(), Error> {
        for (part, sort) in self.order.iter().enumerate() {
            let value = layout.value(self.model(), sort.column, |slot| row.raw(slot))?;
            if value.is_null() {
                if !self.is_nullable(sort) {
                    return Err(self.null(sort.column));
                }
            } else if layout.is_new(part) {
                let position = position.and_then(|values| values.get(part));
                self.check::<DB>(row, layout, sort.column, position)?;
            }
            keys.push_value(value);
        }
        Ok(())
    }

    /// Refuses columns of types that the database sorts by another rule than it compares by.
    pub(crate) fn check_types<DB: Backend>(
        &self,
        row: AnyRow<'_, DB>,
        layout: &Layout,
    ) -> Result<(), Error> {
        self.order.iter().try_for_each(|sort| self.check::<DB>(row, layout, sort.column, None))
    }

    /// Refuses a column that the database sorts by another rule than it compares by, and a position
    /// in another order. For a text, only a value shows this.
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

    /// Refuses two successive keys if the database looks at less of them to sort them than to
    /// compare them.
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

    /// Returns the parts of the key that are long enough to be cut short when they are sorted.
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
}
