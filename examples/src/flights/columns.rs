//! The format of the data files: compressed text, in blocks of columns. `data/README.md`
//! describes it for people.

use std::{
    io::{self, BufRead, BufReader, Read},
    iter::Take,
    str::Lines,
};

use flate2::read::GzDecoder;

/// The rows of a block; the last one has fewer.
const ROWS: usize = 20_000;

/// A data file, read block by block.
pub(super) struct Reader<R> {
    text: BufReader<GzDecoder<R>>,
    /// The names of the columns, separated by commas.
    pub(super) header: String,
    columns: usize,
}

impl<R: Read> Reader<R> {
    pub(super) fn new(file: R) -> io::Result<Self> {
        let mut text = BufReader::new(GzDecoder::new(file));
        let mut line = String::new();
        text.read_line(&mut line)?;
        let header = line.trim_end().to_owned();
        let columns = header.split(',').count();
        Ok(Self { text, header, columns })
    }

    /// Reads the next block into a buffer; `None` at the end of the file.
    pub(super) fn block<'b>(&mut self, buffer: &'b mut String) -> io::Result<Option<Block<'b>>> {
        buffer.clear();
        let mut lines = 0;
        while lines < ROWS * self.columns && self.text.read_line(buffer)? > 0 {
            lines += 1;
        }
        Ok((lines > 0).then(|| Block::new(buffer, self.columns, lines / self.columns)))
    }
}

/// Some rows, column after column. An empty value is NULL.
pub(super) struct Block<'b> {
    values: Vec<Take<Lines<'b>>>,
}

impl<'b> Block<'b> {
    fn new(text: &'b str, columns: usize, rows: usize) -> Self {
        let mut lines = text.lines();
        let values = (0..columns)
            .map(|_| {
                let column = lines.clone().take(rows);
                lines.by_ref().take(rows).for_each(drop);
                column
            })
            .collect();
        Self { values }
    }
}

impl<'b> Iterator for Block<'b> {
    type Item = Vec<Option<&'b str>>;

    fn next(&mut self) -> Option<Self::Item> {
        let value = |column: &mut Take<Lines<'b>>| {
            column.next().map(|value| Some(value).filter(|value| !value.is_empty()))
        };
        self.values.iter_mut().map(value).collect()
    }
}
