//! A batch between the driver and its structs. Reading ahead goes on from it before taking the time
//! to decode it.

use std::sync::Arc;

use super::loaded::Loaded;
use crate::{
    backend::{Backend, row::AnyRow, value::RawValue},
    error::Error,
    fetch::{
        collect::{Collector, Rows, first_row, needs_companions},
        fetched::Fetched,
        request::Expected,
    },
    model::{layout::Layout, row::DecodeAs},
    position::keys::Keys,
    related::{item::Item, relation::Assemble},
};

/// The part of a batch that one statement returned.
pub(crate) type Piece<M, S> = (Rows<M, S>, Arc<Expected>);

/// A batch that is not decoded yet.
pub(crate) struct RawBatch<T: Item, DB: Backend> {
    /// At least one, nearest first.
    pub(crate) pieces: Vec<Piece<T::Model, Vec<DB::Row>>>,
    pub(crate) decode: DecodeAs<T::Model, DB>,
    pub(crate) assemble: Assemble<T::Model, T>,
    pub(crate) expected: Arc<Expected>,
    /// The key of the first row.
    pub(crate) first: Option<Vec<RawValue>>,
}

impl<T, DB> RawBatch<T, DB>
where
    T: Item,
    DB: Backend,
{
    pub(crate) fn decode(self) -> Result<Loaded<T>, Error> {
        let mut whole = Collector::of_rows_alone(self.decode, Arc::clone(&self.expected)).finish();
        for (read, expected) in self.pieces {
            if whole.is_short {
                break;
            }
            whole.append(decoded(read, self.decode, expected, !whole.rows.is_empty())?);
        }
        let Fetched { rows, keys, extra, is_short, .. } = whole;
        Ok(Loaded { rows: (self.assemble)(rows), keys: Arc::new(keys), extra, is_short })
    }

    /// Returns the keys of all rows, including the extra one.
    pub(crate) fn keys(&self) -> Result<Keys, Error> {
        let mut keys = Keys::new(self.expected.key.order.len());
        for (read, expected) in &self.pieces {
            keys.append(match read {
                Rows::Decoded(batch) => batch.all_keys(),
                Rows::Driver(rows) => keys_of::<DB>(rows, expected)?,
            });
        }
        Ok(keys)
    }
}

/// Decodes the rows of a piece. If rows were decoded before it, even its first row may be one that
/// does not decode.
fn decoded<M, DB: Backend>(
    read: Rows<M, Vec<DB::Row>>,
    decode: DecodeAs<M, DB>,
    expected: Arc<Expected>,
    goes_short: bool,
) -> Result<Fetched<M>, Error> {
    let rows = match read {
        Rows::Decoded(batch) => return Ok(batch),
        Rows::Driver(rows) => rows,
    };
    let mut batch = Collector::of_rows_alone(decode, expected);
    if goes_short {
        batch.go_short();
    }
    // Each row is dropped before the next one, so that memory still at hand is used again.
    for row in rows {
        batch.take(AnyRow::Driver(&row))?;
    }
    Ok(batch.finish())
}

/// The keys of rows.
fn keys_of<DB: Backend>(rows: &[DB::Row], expected: &Expected) -> Result<Keys, Error> {
    let mut keys = Keys::new(expected.key.order.len());
    if let Some(first) = rows.first() {
        let layout = first_row::<DB>(AnyRow::Driver(first), expected)?;
        for row in rows {
            expected.key.take::<DB>(AnyRow::Driver(row), &layout, expected.given(), &mut keys)?;
        }
    }
    Ok(keys)
}

/// The key of one row.
fn key_of<DB: Backend>(
    row: &DB::Row,
    layout: &Layout,
    expected: &Expected,
) -> Result<Vec<RawValue>, Error> {
    let mut keys = Keys::new(expected.key.order.len());
    expected.key.take::<DB>(AnyRow::Driver(row), layout, expected.given(), &mut keys)?;
    Ok(keys.pop())
}

/// The facts about a batch that are needed to read its related rows and the next batch.
pub(crate) struct Extent {
    pub(crate) rows: u64,
    pub(crate) first: Option<Vec<RawValue>>,
    pub(crate) last: Option<Vec<RawValue>>,
    pub(crate) extra: Option<Vec<RawValue>>,
    pub(crate) taken: Vec<Keys>,
    /// True if the next statement must select companions again.
    pub(crate) companions: bool,
}

impl Extent {
    pub(crate) fn of_all<M, DB: Backend>(pieces: &[Piece<M, Vec<DB::Row>>]) -> Result<Self, Error> {
        let mut extents = pieces.iter().map(|(read, expected)| Self::of::<M, DB>(read, expected));
        let mut whole = match extents.next() {
            Some(first) => first?,
            None => return Ok(Self::nothing(Vec::new(), true)),
        };
        for next in extents {
            whole.append(next?);
        }
        Ok(whole)
    }

    const fn nothing(taken: Vec<Keys>, companions: bool) -> Self {
        Self { rows: 0, first: None, last: None, extra: None, taken, companions }
    }

    fn append(&mut self, next: Self) {
        self.companions = match (self.first.is_some(), next.first.is_some()) {
            (true, true) => self.companions || next.companions,
            (true, false) => self.companions,
            (false, _) => next.companions,
        };
        self.rows += next.rows;
        if self.first.is_none() {
            self.first = next.first;
        }
        if next.last.is_some() {
            self.last = next.last;
        }
        self.extra = next.extra;
        for (values, next) in self.taken.iter_mut().zip(next.taken) {
            values.append(next);
        }
    }

    fn of<M, DB: Backend>(
        read: &Rows<M, Vec<DB::Row>>,
        expected: &Expected,
    ) -> Result<Self, Error> {
        let rows = match read {
            Rows::Driver(rows) => rows,
            Rows::Decoded(batch) => {
                return Ok(Self {
                    rows: batch.rows.len() as u64,
                    first: batch.all_keys().iter().next().map(<[_]>::to_vec),
                    last: batch.keys.last().map(<[_]>::to_vec),
                    extra: batch.extra.clone(),
                    taken: batch.taken.clone(),
                    companions: batch.companions,
                });
            }
        };
        let mut taken: Vec<_> =
            expected.taken.iter().map(|taken| Keys::new(taken.columns().len())).collect();
        let most = usize::try_from(expected.rows).unwrap_or(usize::MAX);
        let (handed_out, further) = rows.split_at(rows.len().min(most));
        let [first_of_all, ..] = rows.as_slice() else {
            return Ok(Self::nothing(taken, !expected.companions.is_empty()));
        };
        let layout = first_row::<DB>(AnyRow::Driver(first_of_all), expected)?;
        let key =
            |row: Option<&DB::Row>| row.map(|row| key_of::<DB>(row, &layout, expected)).transpose();
        for (columns, values) in expected.taken.iter().zip(&mut taken) {
            for row in handed_out {
                columns.take::<DB>(expected.key.model(), AnyRow::Driver(row), &layout, values)?;
            }
        }
        Ok(Self {
            rows: handed_out.len() as u64,
            first: key(rows.first())?,
            last: key(handed_out.last())?,
            extra: key(further.first())?,
            taken,
            companions: needs_companions::<DB>(AnyRow::Driver(first_of_all), &layout, expected),
        })
    }
}
