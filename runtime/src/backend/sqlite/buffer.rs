//! Rows that are kept until all their values can be decoded.

use super::handle::{Failed, Row};
use crate::backend::stored::Stored;

/// Rows of a statement, copied out of SQLite's memory.
#[derive(Default)]
pub(super) struct Buffer {
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

/// The largest number of bytes kept.
const MOST_BYTES: usize = 64 << 20;

impl Buffer {
    pub(super) fn push(&mut self, row: Row<'_>) -> Result<(), Failed> {
        self.columns = row.len();
        for ordinal in 0..row.len() {
            let cell = match row.value(ordinal)? {
                Stored::Null => Cell::Null,
                Stored::Integer(value) => Cell::Integer(value),
                Stored::Real(value) => Cell::Real(value),
                Stored::Text(bytes) => {
                    let (start, end) = self.keep(bytes)?;
                    Cell::Text { start, end }
                }
                Stored::Blob(bytes) => {
                    let (start, end) = self.keep(bytes)?;
                    Cell::Blob { start, end }
                }
            };
            self.cells.push(cell);
        }
        Ok(())
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(usize, usize), Failed> {
        let start = self.bytes.len();
        if start + bytes.len() + self.cells.len() * size_of::<Cell>() > MOST_BYTES {
            return Err(Failed("the rows of a batch are too large to be kept"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok((start, self.bytes.len()))
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
