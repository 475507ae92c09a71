//! The rows of one query.

use std::{fmt, ops::Deref, slice, vec};

use crate::{
    position::{cursor::Cursor, point::Point},
    related::item::Item,
};

/// The rows of one query, never empty, as yielded by `batch_iter`.
///
/// It dereferences to a slice, and can be iterated by value or by reference. `T` is the model, or a
/// tuple of the model and its related rows.
pub struct Batch<T> {
    rows: Vec<T>,
    /// The last row, in the direction of travel.
    last: Point,
}

impl<T: Item> Batch<T> {
    /// Creates a batch of rows as they were read, forwards or backwards.
    pub(super) fn new(mut rows: Vec<T>, backwards: bool, last: Point) -> Self {
        if backwards {
            rows.reverse();
        }
        Self { rows, last }
    }

    /// Returns the rows as a `Vec`.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.rows
    }

    /// Returns the position after the last row of this batch. After
    /// [`before`](crate::Iteration::before), which reads backwards, it is the position of the first
    /// row.
    ///
    /// A program that keeps it after processing the batch can stop, and continue from there with
    /// [`after`](crate::Iteration::after) or `before`.
    #[must_use]
    pub fn cursor(&self) -> Cursor<T::Model> {
        Cursor::at(self.last.clone())
    }
}

impl<T: Item + fmt::Debug> fmt::Debug for Batch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cursor = self.cursor();
        f.debug_struct("Batch")
            .field("rows", &self.rows)
            .field("cursor", &cursor)
            .finish_non_exhaustive()
    }
}

impl<T> From<Batch<T>> for Vec<T> {
    fn from(batch: Batch<T>) -> Self {
        batch.rows
    }
}

/// Serialises the rows as a list.
#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for Batch<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<T> Deref for Batch<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<T> IntoIterator for Batch<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Batch<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}
