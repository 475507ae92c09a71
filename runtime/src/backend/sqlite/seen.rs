//! Values of types that only sqlx decodes: enums by name, or types with a decoding just for SQLite.
//!
//! To decode such a value takes a [`SqliteValue`], and only sqlx makes one. Each different value is
//! made once, by an [`echo`], and kept, since it can be decoded any number of times.

use std::{
    any::TypeId,
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use sqlx::{
    Decode, Sqlite, Type, Value as _, ValueRef as _, error::BoxDynError, sqlite::SqliteValue,
};

use super::{buffer::BufferedRow, echo, handle::Failed, value::Value};
use crate::backend::stored::{Field, Stored};

/// The values that an iteration has seen.
#[derive(Default)]
pub(super) struct Seen {
    types: BTreeMap<TypeId, Values>,
    count: usize,
    bytes: usize,
    /// The column whose value was not there.
    missed: Option<UnknownColumn>,
}

/// The values of a type. They are kept apart, since decoding as one type may convert a value in place.
#[derive(Default)]
struct Values {
    /// Sorted.
    values: Vec<(Kept, SqliteValue)>,
    /// True if one of them was found since they were learned.
    found: bool,
}

/// A column whose values are decoded as a type that only sqlx knows.
#[derive(Clone, Copy)]
pub(super) struct UnknownColumn {
    ordinal: usize,
    ty: TypeId,
    name: &'static str,
    field: Field,
    /// Returns whether a value of the type is decoded without its being seen.
    decodes: fn(Stored<'_>, Field) -> bool,
}

/// The largest number of values kept.
const MOST_VALUES: usize = 16_384;

/// The largest number of bytes kept, of texts and blobs. Each is there twice.
const MOST_BYTES: usize = 4 << 20;

impl Seen {
    /// Decodes a value that was seen. If it was not, [`Self::take_missed`] has its column.
    pub(super) fn decode<T>(&mut self, column: UnknownColumn, stored: Stored<'_>) -> Option<T>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + 'static,
    {
        let Some(value) = self.find(column.ty, stored) else {
            self.missed = Some(column);
            return None;
        };
        // SQLite may convert a number in place, if it is read as text.
        let mut copy = match stored {
            Stored::Integer(_) | Stored::Real(_) => Some(value.try_clone().ok()?),
            _ => None,
        };
        let value = copy.as_mut().unwrap_or(value);
        // What an earlier decoding borrowed was given back when it returned.
        value.reset_borrow();
        if !value.is_null() && !T::compatible(&*value.as_ref().type_info()) {
            return None;
        }
        T::decode(value.as_ref()).ok()
    }

    /// Takes the column whose value was not there, if it happened since the last time.
    #[inline]
    pub(super) const fn take_missed(&mut self) -> Option<UnknownColumn> {
        if self.missed.is_some() { self.missed.take() } else { None }
    }

    /// Learns the values that some rows have in some columns. Returns whether one of them is new.
    pub(super) fn learn<'b>(
        &mut self,
        rows: impl Iterator<Item = BufferedRow<'b>> + Clone,
        columns: &[UnknownColumn],
    ) -> Result<bool, BoxDynError> {
        let mut unseen = Unseen::of(rows.clone(), columns, self)?;
        if self.count + unseen.count > MOST_VALUES || self.bytes + unseen.bytes > MOST_BYTES {
            // These rows need some of the others, too.
            *self = Self::default();
            unseen = Unseen::of(rows, columns, self)?;
        }
        let is_new = unseen.count > 0;
        for (ty, (name, kept)) in unseen.types {
            let kept: Vec<_> = kept.into_iter().collect();
            let read = echo::read(kept.iter().map(|Kept(value)| value.as_ref()))?;
            let known = self.types.entry(ty).or_insert_with(|| {
                log_type(name);
                Values::default()
            });
            // Values that are never found again are not worth their place.
            if !known.found {
                self.count -= known.values.len();
                self.bytes -= known.values.iter().map(|(kept, _)| kept.bytes()).sum::<usize>();
                known.values.clear();
            }
            known.values.extend(kept.into_iter().zip(read));
            // This merges two sorted runs.
            known.values.sort_by(|(a, _), (b, _)| a.cmp(b));
            known.found = false;
        }
        self.count += unseen.count;
        self.bytes += unseen.bytes;
        Ok(is_new)
    }

    fn find(&mut self, ty: TypeId, stored: Stored<'_>) -> Option<&mut SqliteValue> {
        let Values { values, found } = self.types.get_mut(&ty)?;
        let place = values.binary_search_by(|(kept, _)| compare(kept.stored(), stored)).ok()?;
        *found = true;
        Some(&mut values[place].1)
    }
}

/// Values that were not seen before, by their types.
#[derive(Default)]
struct Unseen {
    types: BTreeMap<TypeId, (&'static str, BTreeSet<Kept>)>,
    count: usize,
    bytes: usize,
}

impl Unseen {
    fn of<'b>(
        rows: impl Iterator<Item = BufferedRow<'b>>,
        columns: &[UnknownColumn],
        seen: &mut Seen,
    ) -> Result<Self, Failed> {
        let mut unseen = Self::default();
        for row in rows {
            for column in columns {
                let stored = row.value(column.ordinal)?;
                if !(column.decodes)(stored, column.field) && seen.find(column.ty, stored).is_none()
                {
                    unseen.add(column, stored)?;
                }
            }
        }
        Ok(unseen)
    }

    fn add(&mut self, column: &UnknownColumn, stored: Stored<'_>) -> Result<(), Failed> {
        let kept = Kept::of(stored)?;
        let bytes = kept.bytes();
        let (_, values) = self.types.entry(column.ty).or_insert((column.name, BTreeSet::new()));
        if values.insert(kept) {
            self.count += 1;
            self.bytes += bytes;
        }
        if self.count > MOST_VALUES || self.bytes > MOST_BYTES {
            return Err(Failed("a type that only sqlx decodes has too many or too large values"));
        }
        Ok(())
    }
}

impl UnknownColumn {
    pub(super) fn of<T: 'static>(
        ordinal: usize,
        field: Field,
        decodes: fn(Stored<'_>, Field) -> bool,
    ) -> Self {
        let (ty, name) = (TypeId::of::<T>(), std::any::type_name::<T>());
        Self { ordinal, ty, name, field, decodes }
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.ordinal == other.ordinal && self.ty == other.ty
    }
}

/// Logs how values of a type are decoded, and what would make it faster.
fn log_type(name: &str) {
    let features = [
        ("chrono", "chrono::", cfg!(feature = "chrono")),
        ("json", "sqlx_core::types::json::", cfg!(feature = "json")),
        ("time", "time::", cfg!(feature = "time")),
        ("uuid", "uuid::", cfg!(feature = "uuid")),
    ];
    let has = |path| name.split(['<', '>', ',', ' ']).any(|part| part.starts_with(path));
    let feature = features.iter().find(|(_, path, is_on)| !is_on && has(path));
    let advice = feature.map_or_else(String::new, |(feature, ..)| {
        format!("; the feature `{feature}` of sqlx-chunked reads them faster")
    });
    tracing::debug!(target: "sqlx_chunked", "values of `{name}` are decoded by sqlx{advice}");
}

/// A copy of a stored value; `None` is NULL.
struct Kept(Option<Value>);

impl Kept {
    fn of(stored: Stored<'_>) -> Result<Self, Failed> {
        Ok(Self(match stored {
            Stored::Null => None,
            Stored::Integer(value) => Some(Value::Integer(value)),
            Stored::Real(value) => Some(Value::Real(value)),
            Stored::Text(text) => Some(Value::Text(
                str::from_utf8(text).map_err(|_| Failed("a text is not UTF-8"))?.to_owned(),
            )),
            Stored::Blob(bytes) => Some(Value::Blob(bytes.to_vec())),
        }))
    }

    /// Returns the number of bytes of a text or a blob.
    fn bytes(&self) -> usize {
        match self.stored() {
            Stored::Text(bytes) | Stored::Blob(bytes) => bytes.len(),
            _ => 0,
        }
    }

    fn stored(&self) -> Stored<'_> {
        match &self.0 {
            None => Stored::Null,
            Some(Value::Integer(value)) => Stored::Integer(*value),
            Some(Value::Real(value)) => Stored::Real(*value),
            Some(Value::Text(text)) => Stored::Text(text.as_bytes()),
            Some(Value::Blob(bytes)) => Stored::Blob(bytes),
        }
    }
}

/// Compares values, of which only the same one is equal.
fn compare(a: Stored<'_>, b: Stored<'_>) -> Ordering {
    match (a, b) {
        (Stored::Integer(a), Stored::Integer(b)) => a.cmp(&b),
        (Stored::Real(a), Stored::Real(b)) => a.total_cmp(&b),
        (Stored::Text(a), Stored::Text(b)) | (Stored::Blob(a), Stored::Blob(b)) => a.cmp(b),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}

const fn rank(stored: Stored<'_>) -> u8 {
    match stored {
        Stored::Null => 0,
        Stored::Integer(_) => 1,
        Stored::Real(_) => 2,
        Stored::Text(_) => 3,
        Stored::Blob(_) => 4,
    }
}

impl Ord for Kept {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(self.stored(), other.stored())
    }
}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Kept {}
