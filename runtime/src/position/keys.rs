//! Exact values of several columns, row by row.

use crate::{
    backend::{Backend, row::AnyRow, value::RawValue},
    error::Error,
    model::{Model, layout::Layout},
};

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

    /// Adds one value of the next key.
    pub(crate) fn push_value(&mut self, value: RawValue) {
        self.values.push(value);
    }

    pub(crate) fn push(&mut self, key: &[RawValue]) {
        self.values.extend_from_slice(key);
    }

    /// Appends the keys of more rows.
    pub(crate) fn append(&mut self, keys: Self) {
        self.values.extend(keys.values);
    }

    /// Removes the last key and returns it.
    pub(crate) fn pop(&mut self) -> Vec<RawValue> {
        self.values.split_off(self.values.len().saturating_sub(self.width))
    }

    /// Returns the key before the last one, if there is one, and the last key.
    #[inline]
    pub(crate) fn last_two(&self) -> (Option<&[RawValue]>, &[RawValue]) {
        let (before, last) = self.values.split_at(self.values.len() - self.width);
        let before = before.len().checked_sub(self.width).map(|start| &before[start..]);
        (before, last)
    }

    /// Returns the number of keys.
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

    /// Ends with the last key that equals this one.
    pub(crate) fn end_at(&mut self, last: &[RawValue]) {
        if let Some(place) = (0..self.len()).rposition(|row| self.get(row) == last) {
            self.values.truncate((place + 1) * self.width);
        }
    }

    pub(crate) fn last(&self) -> Option<&[RawValue]> {
        self.len().checked_sub(1).map(|last| self.get(last))
    }
}

/// Columns whose values are taken from each row to find related rows by.
#[derive(Clone, Debug)]
pub(crate) enum Taken {
    /// Foreign keys: compared by the rules of the columns that they refer to.
    References(Box<[usize]>),
    /// A key that foreign keys refer to: compared by its own rules.
    Keys(Box<[usize]>),
}

impl Taken {
    pub(crate) fn columns(&self) -> &[usize] {
        match self {
            Self::References(columns) | Self::Keys(columns) => columns,
        }
    }

    /// Takes the values of the columns.
    pub(crate) fn take<DB: Backend>(
        &self,
        model: &Model,
        row: AnyRow<'_, DB>,
        layout: &Layout,
        values: &mut Keys,
    ) -> Result<(), Error> {
        for &column in self.columns() {
            values.push_value(layout.value(model, column, |slot| match self {
                Self::References(_) => row.reference(slot),
                Self::Keys(_) => row.raw(slot),
            })?);
        }
        Ok(())
    }
}
