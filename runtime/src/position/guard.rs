//! Checks each batch against the row that was seen after the previous one. A database that sorts by
//! another rule than it compares by, whatever the cause, would lose rows.
//!
//! A batch reads one extra row after those it returns. The next batch should begin with that row.
//! If it does not, either another connection changed the table, or the query missed the row. To
//! tell the two apart, the database is asked whether the row's key comes after the last batch's
//! last key. Both keys are constants of that query, so a concurrent writer cannot cause a false
//! alarm.

use std::collections::HashSet;

use super::{key::Key, keys::Keys};
use crate::backend::value::RawValue;

/// The result of looking in a batch for the row that was seen after the previous one.
pub(crate) enum Verdict {
    /// The row is there.
    Seen,
    /// The row is not there.
    Unseen,
    /// Another row comes first, with a key that the last batch handed out.
    Repeated(Vec<RawValue>),
}

/// A row that was seen after a position, and may not be found there.
pub(crate) struct Doubt {
    pub(crate) key: Key,
    pub(crate) position: Vec<RawValue>,
    pub(crate) row: Vec<RawValue>,
    /// True if the row may not even be found by its own key.
    pub(crate) thorough: bool,
}

impl Doubt {
    /// Creates a doubt about `row`, which should come after `position`. `no_rows` says that the
    /// query found no row at all there.
    pub(crate) fn new(key: &Key, position: &[RawValue], row: &[RawValue], no_rows: bool) -> Self {
        let (position, row) = (position.to_vec(), row.to_vec());
        Self { key: key.clone(), position, row, thorough: no_rows }
    }
}

/// Compares the keys of a batch, including that of its own extra row, with the keys of the last
/// batch and with `extra`, the key of the row after it.
pub(crate) fn compare(last: &Keys, extra: &[RawValue], keys: &Keys) -> Verdict {
    let place = keys.iter().position(|key| key == extra);
    let in_front = place.unwrap_or_else(|| keys.len());
    let handed_out: HashSet<_> = last.iter().map(bytes).collect();
    if let Some(key) = keys.iter().take(in_front).find(|key| handed_out.contains(&bytes(key))) {
        return Verdict::Repeated(key.to_vec());
    }
    if place.is_some() { Verdict::Seen } else { Verdict::Unseen }
}

/// Returns whether the values of two keys certainly sort by the rule they compare by.
pub(crate) fn have_one_order(one: &[RawValue], other: &[RawValue]) -> bool {
    one.iter().chain(other).all(RawValue::has_one_order)
}

/// Returns the bytes of a key.
pub(crate) fn bytes(key: &[RawValue]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in key {
        value.write(&mut bytes);
    }
    bytes
}
