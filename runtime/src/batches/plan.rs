//! The plan: what an iteration was asked for.

use std::sync::Arc;

use crate::{
    backend::{Backend, dialect::Direction, lock::Lock, value::RawValue},
    error::Error,
    expr::filter::Filter,
    model::row::DecodeAs,
    position::{
        key::Key,
        point::Point,
        share::{Edge, Share},
    },
    related::{item::Item, relation::Load},
    sql::nulls::HiddenNulls,
};

/// The rows to read, in which order, and in which pieces.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) key: Key,
    /// True if the rows are read from the last to the first.
    pub(crate) backwards: bool,
    /// The point to start after, if not at the first row.
    pub(crate) from: Option<Point>,
    /// The part of the table to read, if not all of it.
    pub(crate) part: Option<Arc<Share>>,
    /// True if the iteration ends at the row that is the table's last one when the first statement
    /// is sent.
    pub(crate) up_to_now: bool,
    pub(crate) batch_size: usize,
    pub(crate) limit: Option<u64>,
    /// True if the batch is a page, against which the next one cannot be checked.
    pub(crate) is_page: bool,
    /// The number of batches to read before they are asked for.
    pub(crate) read_ahead: usize,
    /// The lock that rows are read with.
    pub(crate) lock: Option<Lock>,
}

/// The rest of what was asked for: the rows to leave out, and the related rows to load along with
/// the others.
pub(crate) struct Content<T: Item, DB: Backend> {
    /// Makes the rows.
    pub(crate) decode: DecodeAs<T::Model, DB>,
    pub(crate) filters: Vec<Filter<DB>>,
    pub(crate) relations: Box<dyn Load<T::Model, DB, T>>,
}

/// The number of rows per query, unless `batch_size` sets it.
const BATCH_SIZE: usize = 1_000;

impl Plan {
    pub(crate) const fn new(key: Key) -> Self {
        Self {
            key,
            backwards: false,
            from: None,
            part: None,
            up_to_now: false,
            batch_size: BATCH_SIZE,
            limit: None,
            is_page: false,
            read_ahead: 0,
            lock: None,
        }
    }

    /// Returns the order that the rows are read in.
    pub(crate) fn travelled(&self) -> Key {
        if self.backwards { self.key.reversed() } else { self.key.clone() }
    }

    /// Returns whether rows with greater keys can come at the end. If all columns are descending,
    /// they come before the first row, where no iteration sees them.
    pub(crate) fn is_appended_to(&self) -> bool {
        self.travelled().order.iter().any(|sort| sort.direction == Direction::Ascending)
    }

    /// Returns where reading starts, if not at the first row.
    pub(crate) fn start(&self) -> Option<Edge> {
        let near =
            |part: &Share| if self.backwards { part.up_to.clone() } else { part.from.clone() };
        match &self.from {
            Some(point) => Some(Edge { key: point.values.clone(), included: point.included }),
            None => self.part.as_deref().and_then(near),
        }
    }

    /// Returns where reading ends, if not after the last row.
    pub(crate) fn end(&self) -> Option<&Edge> {
        let part = self.part.as_deref()?;
        if self.backwards { part.from.as_ref() } else { part.up_to.as_ref() }
    }

    /// Returns the NULLs to look for in some parts of the key, from a position on.
    pub(crate) fn nulls<'a>(
        &'a self,
        parts: &'a [usize],
        from: Option<&'a [RawValue]>,
    ) -> HiddenNulls<'a> {
        let end = self.end().map(|end| &*end.key);
        HiddenNulls { parts, from, end, reversed: false }
    }

    /// Checks that the position to start from is one of the order, on the same kind of database.
    pub(crate) fn check_start<DB: Backend>(&self) -> Result<(), Error> {
        self.from.as_ref().map_or(Ok(()), |point| point.check::<DB>(&self.key))
    }

    /// Returns the maximum number of rows in the next batch, after `handed_out` rows.
    pub(crate) fn next_rows(&self, handed_out: u64) -> Result<u64, Error> {
        if self.batch_size == 0 {
            return Err(Error::BatchSize { model: self.key.model().name });
        }
        let rows = u64::try_from(self.batch_size).unwrap_or(u64::MAX);
        Ok(self.left(handed_out).map_or(rows, |left| rows.min(left)))
    }

    /// Returns how many rows the limit leaves after `handed_out` rows.
    pub(crate) fn left(&self, handed_out: u64) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(handed_out))
    }
}
