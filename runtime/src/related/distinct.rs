//! The different keys of a batch, and a way to match rows to them without the database.

use std::{cmp::Ordering, collections::HashMap};

use crate::{backend::value::RawValue, position::keys::Keys};

/// The different keys among the values of a batch.
pub(super) struct Distinct<'k> {
    /// Sorted by their bytes: rows that are neighbours in an index are then found one after the
    /// other, in half the time on SQLite.
    pub(super) keys: Vec<&'k [RawValue]>,
    /// The index of each row's key; `None` if part of the key is NULL, which refers to nothing.
    pub(super) of_rows: Vec<Option<usize>>,
}

impl<'k> Distinct<'k> {
    pub(super) fn of(values: &'k Keys) -> Self {
        // The keys as bytes, one after the other.
        let mut bytes = Vec::new();
        let mut whole = Vec::with_capacity(values.len());
        for (row, key) in values.iter().enumerate() {
            if !key.iter().any(RawValue::is_null) {
                let start = bytes.len();
                identify(key, &mut bytes);
                whole.push((start..bytes.len(), row));
            }
        }
        whole.sort_unstable_by(|(a, first), (b, second)| {
            bytes[a.clone()].cmp(&bytes[b.clone()]).then(first.cmp(second))
        });
        let mut keys = Vec::new();
        let mut of_rows = vec![None; values.len()];
        let mut last = None;
        for (range, row) in whole {
            let this = Some(&bytes[range]);
            if this != last {
                keys.push(values.get(row));
                last = this;
            }
            of_rows[row] = Some(keys.len() - 1);
        }
        Self { keys, of_rows }
    }
}

/// Appends a key as bytes. Keys have the same bytes only if the database considers them equal. Returns
/// the kind of its values, if values of that kind are equal only if their bytes are.
fn identify(key: &[RawValue], bytes: &mut Vec<u8>) -> Option<u64> {
    let mut kind = Some(0);
    for value in key {
        let this = value.identify(bytes);
        // A key has at most 8 values.
        kind = kind.zip(this).map(|(kind, this)| kind << 8 | u64::from(this.get()));
    }
    kind
}

/// Compares keys as bytes.
#[derive(Default)]
pub(super) struct Comparison {
    one: Vec<u8>,
    other: Vec<u8>,
}

impl Comparison {
    pub(super) fn compare(&mut self, one: &[RawValue], other: &[RawValue]) -> Ordering {
        self.one.clear();
        self.other.clear();
        identify(one, &mut self.one);
        identify(other, &mut self.other);
        self.one.cmp(&self.other)
    }
}

/// A key as bytes.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Identity {
    bytes: Vec<u8>,
    /// The kind of its values, if values of that kind are equal only if their bytes are.
    kind: Option<u64>,
}

impl Identity {
    pub(super) fn of(key: &[RawValue]) -> Self {
        let mut bytes = Vec::with_capacity(16 * key.len());
        let kind = identify(key, &mut bytes);
        Self { bytes, kind }
    }
}

/// Entries by their keys.
pub(super) struct ByKey<T> {
    entries: HashMap<Vec<u8>, T>,
    /// The kind that all keys share, if they do.
    kind: Option<u64>,
}

impl<T> ByKey<T> {
    pub(super) fn new() -> Self {
        Self { entries: HashMap::new(), kind: None }
    }

    /// Inserts an entry under a key, and returns the previous one.
    pub(super) fn insert(&mut self, key: &[RawValue], entry: T) -> Option<T> {
        let identity = self.note(key);
        self.entries.insert(identity, entry)
    }

    /// Returns the entry under a key, and inserts it if there is none.
    pub(super) fn get_or_insert_with(&mut self, key: &[RawValue], entry: impl FnOnce() -> T) -> &T {
        let identity = self.note(key);
        self.entries.entry(identity).or_insert_with(entry)
    }

    fn note(&mut self, key: &[RawValue]) -> Vec<u8> {
        let Identity { bytes, kind } = Identity::of(key);
        self.kind = if self.is_empty() { kind } else { self.kind.filter(|_| self.kind == kind) };
        bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn get(&self, key: &[RawValue]) -> Option<&T> {
        self.entries.get(&Identity::of(key).bytes)
    }

    /// Returns whether the database may consider a key equal to a present one although the bytes
    /// differ.
    pub(super) fn may_have(&self, key: &[RawValue]) -> bool {
        let kind = Identity::of(key).kind;
        !self.is_empty() && (kind.is_none() || kind != self.kind)
    }
}
