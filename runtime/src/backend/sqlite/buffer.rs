//! Rows that were copied out of SQLite's memory, to be decoded on another thread.

use super::handle::{Failed, Row};
use crate::backend::stored::Stored;

/// Some rows of a statement.
#[derive(Default)]
pub(super) struct Buffer {
    rows: usize,
    columns: usize,
    /// Row by row.
    cells: Vec<Cell>,
    /// Texts and blobs, one after the other.
    bytes: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text { start: usize, end: usize },
    Blob { start: usize, end: usize },
}

impl Buffer {
    /// Forgets its rows, and keeps their memory for others.
    pub(super) fn clear(&mut self) {
        self.rows = 0;
        self.cells.clear();
        self.bytes.clear();
    }

    pub(super) fn push(&mut self, row: Row<'_>) -> Result<(), Failed> {
        self.columns = row.len();
        for ordinal in 0..self.columns {
            let cell = match row.value(ordinal)? {
                Stored::Null => Cell::Null,
                Stored::Integer(value) => Cell::Integer(value),
                Stored::Real(value) => Cell::Real(value),
                Stored::Text(bytes) => {
                    let (start, end) = self.keep(bytes);
                    Cell::Text { start, end }
                }
                Stored::Blob(bytes) => {
                    let (start, end) = self.keep(bytes);
                    Cell::Blob { start, end }
                }
            };
            self.cells.push(cell);
        }
        self.rows += 1;
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) -> (usize, usize) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        (start, self.bytes.len())
    }

    /// Returns the number of rows.
    pub(super) const fn len(&self) -> usize {
        self.rows
    }

    /// Returns the number of bytes that its rows take.
    pub(super) const fn size(&self) -> usize {
        self.bytes.len() + self.cells.len() * size_of::<Cell>()
    }

    /// Returns the number of bytes that it has room for.
    pub(super) const fn capacity(&self) -> usize {
        self.bytes.capacity() + self.cells.capacity() * size_of::<Cell>()
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = BufferedRow<'_>> + Clone {
        let rows = self.cells.chunks_exact(self.columns.max(1));
        rows.map(|cells| BufferedRow { cells, bytes: &self.bytes })
    }
}

/// A row of a [`Buffer`].
#[derive(Clone, Copy)]
pub(super) struct BufferedRow<'b> {
    cells: &'b [Cell],
    bytes: &'b [u8],
}

impl<'b> BufferedRow<'b> {
    /// Returns the number of columns.
    pub(super) const fn len(self) -> usize {
        self.cells.len()
    }

    /// Returns the value of a column.
    #[inline]
    pub(super) fn value(self, ordinal: usize) -> Result<Stored<'b>, Failed> {
        let cell =
            self.cells.get(ordinal).ok_or(Failed("a row has fewer columns than expected"))?;
        Ok(match *cell {
            Cell::Null => Stored::Null,
            Cell::Integer(value) => Stored::Integer(value),
            Cell::Real(value) => Stored::Real(value),
            Cell::Text { start, end } => Stored::Text(&self.bytes[start..end]),
            Cell::Blob { start, end } => Stored::Blob(&self.bytes[start..end]),
        })
    }
}
