//! A batch between the driver and its structs: what reading ahead goes on from, before it takes the
//! time to decode.

use std::sync::Arc;

use crate::{
    backend::Backend,
    error::Error,
    item::Item,
    key::Keys,
    raw::RawValue,
    read::{Collector, Expected, Fetched, Read, first_row, needs_companions},
    reader::Loaded,
    related::Join,
    row::{AnyRow, ReadRow},
};

/// A batch that is still to be decoded.
pub(crate) struct Undecoded<T: Item, DB: Backend> {
    pub(crate) read: Read<T::Model, Vec<DB::Row>>,
    pub(crate) join: Join<T::Model, T>,
    pub(crate) expected: Arc<Expected>,
    /// The key of the first row.
    pub(crate) first: Option<Vec<RawValue>>,
}

impl<T, DB> Undecoded<T, DB>
where
    T: Item<Model: ReadRow<DB>>,
    DB: Backend,
{
    pub(crate) fn decode(self) -> Result<Loaded<T>, Error> {
        let Fetched { rows, keys, extra, is_short, .. } = match self.read {
            Read::Direct(batch) => batch,
            Read::Driver(rows) => {
                let mut batch = Collector::<T::Model>::of_rows_alone(&self.expected);
                // Each is gone before the next one: memory that is still at hand is used again.
                for row in rows {
                    batch.push::<DB>(AnyRow::Driver(&row), &self.expected)?;
                }
                batch.finish()
            }
        };
        Ok(Loaded { rows: (self.join)(rows), keys: Arc::new(keys), extra, is_short })
    }

    /// The keys of all rows, that of the further one included.
    pub(crate) fn keys(&self) -> Result<Keys, Error> {
        match &self.read {
            Read::Direct(batch) => Ok(batch.all_keys()),
            Read::Driver(rows) => keys_of::<DB>(rows, &self.expected),
        }
    }
}

fn keys_of<DB: Backend>(rows: &[DB::Row], expected: &Expected) -> Result<Keys, Error> {
    let position = expected.position.as_deref();
    let mut keys = Keys::new(expected.key.order.len());
    if let Some(first) = rows.first() {
        let layout = first_row::<DB>(AnyRow::Driver(first), expected)?;
        for row in rows {
            expected.key.take::<DB>(AnyRow::Driver(row), &layout, position, &mut keys)?;
        }
    }
    Ok(keys)
}

/// What has to be known of a batch to read what is related to it, and the batch behind it.
pub(crate) struct Extent {
    pub(crate) rows: u64,
    pub(crate) first: Option<Vec<RawValue>>,
    pub(crate) last: Option<Vec<RawValue>>,
    pub(crate) extra: Option<Vec<RawValue>>,
    pub(crate) also: Vec<Keys>,
    /// Whether the next statement has to select companions again.
    pub(crate) companions: bool,
}

impl Extent {
    pub(crate) fn of<M: ReadRow<DB>, DB: Backend>(
        read: &Read<M, Vec<DB::Row>>,
        expected: &Expected,
    ) -> Result<Self, Error> {
        let rows = match read {
            Read::Driver(rows) => rows,
            Read::Direct(batch) => {
                return Ok(Self {
                    rows: batch.rows.len() as u64,
                    first: batch.keys.iter().next().map(<[_]>::to_vec),
                    last: batch.keys.last().map(<[_]>::to_vec),
                    extra: batch.extra.clone(),
                    also: batch.also.clone(),
                    companions: batch.companions,
                });
            }
        };
        let mut also: Vec<_> =
            expected.also.iter().map(|taken| Keys::new(taken.columns().len())).collect();
        let most = usize::try_from(expected.rows).unwrap_or(usize::MAX);
        let (handed_out, further) = rows.split_at(rows.len().min(most));
        let [first_of_all, ..] = rows.as_slice() else {
            let companions = !expected.companions.is_empty();
            return Ok(Self { rows: 0, first: None, last: None, extra: None, also, companions });
        };
        let layout = first_row::<DB>(AnyRow::Driver(first_of_all), expected)?;
        let position = expected.position.as_deref();
        let key = |row: Option<&DB::Row>| {
            let Some(row) = row else { return Ok(None) };
            let mut keys = Keys::new(expected.key.order.len());
            expected.key.take::<DB>(AnyRow::Driver(row), &layout, position, &mut keys)?;
            Ok(Some(keys.pop()))
        };
        for (taken, values) in expected.also.iter().zip(&mut also) {
            for row in handed_out {
                let model = expected.key.model;
                model.take::<DB>(taken, AnyRow::Driver(row), &layout, values)?;
            }
        }
        Ok(Self {
            rows: handed_out.len() as u64,
            first: key(rows.first())?,
            last: key(handed_out.last())?,
            extra: key(further.first())?,
            also,
            companions: needs_companions::<DB>(AnyRow::Driver(first_of_all), &layout, expected),
        })
    }
}
