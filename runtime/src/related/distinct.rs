//! The different keys of a batch, and a way to match rows to them without the database.

use std::collections::HashMap;

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
        let mut found = ByKey::new();
        let mut keys = Vec::new();
        let of_rows = values.iter().map(|key| {
            if key.iter().any(RawValue::is_null) {
                return None;
            }
            Some(*found.get_or_insert_with(key, || {
                keys.push(key);
                keys.len() - 1
            }))
        });
        let mut of_rows: Vec<_> = of_rows.collect();
        let sorted = found.sorted();
        let mut places = vec![0; keys.len()];
        for (place, &key) in sorted.iter().enumerate() {
            places[key] = place;
        }
        for key in of_rows.iter_mut().flatten() {
            *key = places[*key];
        }
        Self { keys: sorted.into_iter().map(|key| keys[key]).collect(), of_rows }
    }
}

/// A key as bytes. Keys have the same bytes only if the database considers them equal.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Identity {
    bytes: Vec<u8>,
    /// The kind of its values, if values of that kind are equal only if their bytes are.
    kind: Option<u64>,
}

impl Identity {
    pub(super) fn of(key: &[RawValue]) -> Self {
        let mut bytes = Vec::with_capacity(16 * key.len());
        let mut kind = Some(0);
        for value in key {
            let this = value.identify(&mut bytes);
            // A key has at most 8 values.
            kind = kind.zip(this).map(|(kind, this)| kind << 8 | u64::from(this.get()));
        }
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
        self.kind =
            if self.entries.is_empty() { kind } else { self.kind.filter(|_| self.kind == kind) };
        bytes
    }

    /// Returns the entries, sorted by the bytes of their keys.
    fn sorted(self) -> Vec<T> {
        let mut entries: Vec<_> = self.entries.into_iter().collect();
        entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        entries.into_iter().map(|(_, entry)| entry).collect()
    }

    pub(super) fn get(&self, key: &[RawValue]) -> Option<&T> {
        self.entries.get(&Identity::of(key).bytes)
    }

    /// Returns whether the database may consider a key equal to a present one although the bytes
    /// differ.
    pub(super) fn may_have(&self, key: &[RawValue]) -> bool {
        let kind = Identity::of(key).kind;
        !self.entries.is_empty() && (kind.is_none() || kind != self.kind)
    }
}
