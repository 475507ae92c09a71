//! The result of a statement.

use super::request::Expected;
use crate::{backend::value::RawValue, position::keys::Keys};

/// The rows of one statement.
pub(crate) struct Fetched<M> {
    pub(crate) rows: Vec<M>,
    pub(crate) keys: Keys,
    /// The keys of all rows that were looked for, if some of the rows may be gone.
    pub(crate) walked: Option<Keys>,
    /// The values of extra columns, list by list.
    pub(crate) taken: Vec<Keys>,
    /// The index of each row's key in a list of values, if the statement reports it.
    pub(crate) key_indices: Vec<usize>,
    /// The key of the extra row, if one was seen.
    pub(crate) extra: Option<Vec<RawValue>>,
    /// True if it ends before a row that does not decode; that row then counts as the extra row.
    pub(crate) is_short: bool,
    /// True if the next statement must select companions again.
    pub(crate) companions: bool,
}

impl<M> Fetched<M> {
    /// Creates a result without rows, with room for some.
    pub(super) fn empty(expected: &Expected, capacity: usize) -> Self {
        Self {
            rows: Vec::with_capacity(capacity),
            keys: Keys::new(expected.key.order.len()),
            walked: None,
            taken: expected.taken.iter().map(|taken| Keys::new(taken.columns().len())).collect(),
            key_indices: Vec::new(),
            extra: None,
            is_short: false,
            companions: !expected.companions.is_empty(),
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.rows.len() as u64 + u64::from(self.extra.is_some())
    }

    /// Appends the rows of the next place.
    pub(crate) fn append(&mut self, next: Self) {
        let has_rows = self.count() > 0;
        self.companions = match (has_rows, next.count() > 0) {
            (true, true) => self.companions || next.companions,
            (true, false) => self.companions,
            (false, _) => next.companions,
        };
        self.rows.extend(next.rows);
        self.keys.append(next.keys);
        for (values, next) in self.taken.iter_mut().zip(next.taken) {
            values.append(next);
        }
        self.key_indices.extend(next.key_indices);
        self.extra = next.extra;
        self.is_short = next.is_short;
    }

    /// Returns the keys of all rows that were looked for, up to the extra one.
    pub(crate) fn walked(&self) -> &Keys {
        self.walked.as_ref().unwrap_or(&self.keys)
    }

    /// Returns the keys of all rows, including the extra one.
    pub(crate) fn all_keys(&self) -> Keys {
        let mut keys = self.walked().clone();
        if let Some(extra) = &self.extra {
            keys.push(extra);
        }
        keys
    }
}
