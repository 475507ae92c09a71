//! The rows of one query.

use std::{ops::Deref, slice, vec};

use crate::{cursor::Cursor, model::Chunked};

/// The rows of one query, never empty: what `batch_iter` yields.
///
/// It derefs to a slice, and is iterated by value or by reference.
#[derive(Debug)]
pub struct Batch<M> {
    rows: Vec<M>,
    cursor: Cursor<M>,
}

impl<M: Chunked> Batch<M> {
    pub(crate) const fn new(rows: Vec<M>, cursor: Cursor<M>) -> Self {
        Self { rows, cursor }
    }

    /// The rows as a `Vec`.
    #[must_use]
    pub fn into_vec(self) -> Vec<M> {
        self.rows
    }

    /// The position after the last row of this batch; after [`before`](crate::Iteration::before),
    /// which goes backwards, that of its first one.
    ///
    /// Keep it once the batch has been dealt with, and a program that stops goes on from there by
    /// [`after`](crate::Iteration::after), or `before`.
    #[must_use]
    pub fn cursor(&self) -> Cursor<M> {
        self.cursor.clone()
    }
}

impl<M> Deref for Batch<M> {
    type Target = [M];

    fn deref(&self) -> &[M] {
        &self.rows
    }
}

impl<M> IntoIterator for Batch<M> {
    type Item = M;
    type IntoIter = vec::IntoIter<M>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'a, M> IntoIterator for &'a Batch<M> {
    type Item = &'a M;
    type IntoIter = slice::Iter<'a, M>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}
