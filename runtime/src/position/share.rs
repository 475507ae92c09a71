//! The rows between two positions of an order: what one of several workers reads.

use super::{key::Key, token::TableTag};
use crate::{
    backend::{Backend, value::RawValue},
    error::{Error, PartMismatch},
};

/// A part of a table, without the type of its rows.
#[derive(Clone)]
pub(crate) struct Share {
    /// The order, with its directions.
    pub(crate) key: Key,
    pub(crate) table: TableTag,
    /// Where it begins, if not at the first row.
    pub(crate) from: Option<Edge>,
    /// Where it ends, if not after the last row.
    pub(crate) up_to: Option<Edge>,
    /// Its place among the parts of its cut.
    pub(crate) index: u32,
    /// The number of parts of its cut.
    pub(crate) count: u32,
    /// The number of rows that it had when it was cut.
    pub(crate) rows: u64,
    /// The digest of the filters that it was cut with.
    pub(crate) filters: u64,
}

/// One end of a part: a position that the database delivered.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edge {
    pub(crate) key: Vec<RawValue>,
    /// True if the row at the position belongs to the part.
    pub(crate) included: bool,
}

impl Edge {
    pub(crate) const fn included(key: Vec<RawValue>) -> Self {
        Self { key, included: true }
    }
}

impl Share {
    /// Creates the only part of an order; it has all rows.
    pub(crate) fn whole(key: Key, filters: u64) -> Self {
        let table = TableTag::of(&key.table);
        Self { key, table, from: None, up_to: None, index: 0, count: 1, rows: 0, filters }
    }

    /// Checks that the part was cut out of this table in this order and with these filters, and on the
    /// same kind of database.
    pub(crate) fn check<DB: Backend>(&self, key: &Key, filters: u64) -> Result<(), Error> {
        let mut values = self.edges().flat_map(|edge| &edge.key);
        let reason = if self.table != TableTag::of(&key.table) {
            PartMismatch::Table
        } else if self.key.order != key.order {
            PartMismatch::Order
        } else if !values.all(|value| value.is_null() || DB::owns(value)) {
            PartMismatch::Database
        } else if !self.edges().all(|edge| key.is_fitted_by(&edge.key)) {
            PartMismatch::Values
        } else if self.filters != filters {
            PartMismatch::Filter
        } else {
            return Ok(());
        };
        Err(key.misses_part(reason))
    }

    fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.from.iter().chain(&self.up_to)
    }

    /// Describes the edges, for messages.
    pub(crate) fn describe(&self) -> String {
        let edge = |edge: &Option<Edge>, open: &str| {
            edge.as_ref().map_or_else(|| open.to_owned(), |edge| self.key.describe(&edge.key))
        };
        let Self { index, count, from, up_to, .. } = self;
        let (from, up_to) = (edge(from, "the first row"), edge(up_to, "the last row"));
        format!("{} of {count}: from {from} to {up_to}", index + 1)
    }
}
