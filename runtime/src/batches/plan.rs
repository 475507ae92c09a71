//! What was asked for.

use crate::{
    backend::{Backend, dialect::Direction},
    error::Error,
    expr::filter::Filter,
    position::{key::Key, point::Point},
    related::{item::Item, relation::Load},
};

/// Which rows are read, in which order, and in which pieces.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) key: Key,
    /// Whether the rows are read from the last to the first.
    pub(crate) backwards: bool,
    /// The point after which to begin, if not at the first row.
    pub(crate) from: Option<Point>,
    /// The last row to read, if not the last of all.
    pub(crate) up_to: Option<Point>,
    /// Whether to end at the row that is the last one of the table when the first statement is sent.
    pub(crate) up_to_now: bool,
    pub(crate) batch_size: usize,
    pub(crate) limit: Option<u64>,
    /// Whether the batch is a page, which the next one cannot be held against.
    pub(crate) is_page: bool,
    /// How many batches to read before they are asked for.
    pub(crate) read_ahead: usize,
}

/// The rest of what was asked for: which rows to leave out, and what to load beside the others.
pub(crate) struct Content<T: Item, DB: Backend> {
    pub(crate) filters: Vec<Filter<DB>>,
    pub(crate) relations: Box<dyn Load<T::Model, DB, T>>,
}

/// Rows a query, if `batch_size` does not say.
const BATCH_SIZE: usize = 1_000;

impl Plan {
    pub(crate) const fn new(key: Key) -> Self {
        Self {
            key,
            backwards: false,
            from: None,
            up_to: None,
            up_to_now: false,
            batch_size: BATCH_SIZE,
            limit: None,
            is_page: false,
            read_ahead: 0,
        }
    }

    /// The order that the rows are read in.
    pub(crate) fn travelled(&self) -> Key {
        if self.backwards { self.key.reversed() } else { self.key.clone() }
    }

    /// Whether rows with greater keys come at the end. In a descending order they come before the first
    /// row, where no iteration sees them.
    pub(crate) fn is_appended_to(&self) -> bool {
        let leading = self.travelled().order.first().map(|sort| sort.direction);
        leading == Some(Direction::Ascending)
    }

    /// Checks that both ends are points of the order, on the same kind of database.
    pub(crate) fn check_ends<DB: Backend>(&self) -> Result<(), Error> {
        let mut ends = self.from.iter().chain(&self.up_to);
        ends.try_for_each(|end| end.check::<DB>(&self.key))
    }

    /// How many rows the next batch has at most, when so many have been handed out.
    pub(crate) fn next_rows(&self, handed_out: u64) -> Result<u64, Error> {
        if self.batch_size == 0 {
            return Err(Error::BatchSize { model: self.key.model().name });
        }
        let rows = u64::try_from(self.batch_size).unwrap_or(u64::MAX);
        Ok(self.left(handed_out).map_or(rows, |left| rows.min(left)))
    }

    /// How many rows the limit leaves.
    pub(crate) fn left(&self, handed_out: u64) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(handed_out))
    }
}
