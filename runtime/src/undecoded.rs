//! A batch between the driver and its structs: what reading ahead goes on from, before it takes the
//! time to decode.

use std::sync::Arc;

use crate::{
    backend::Backend,
    error::Error,
    item::Item,
    key::Keys,
    read::{Collector, Expected, Fetched, Read, first_row},
    reader::Loaded,
    related::Join,
    row::{AnyRow, ReadRow},
};

/// A batch that is still to be decoded.
pub(crate) struct Undecoded<T: Item, DB: Backend> {
    pub(crate) read: Read<T::Model, Vec<DB::Row>>,
    pub(crate) join: Join<T::Model, T>,
    pub(crate) expected: Arc<Expected>,
}

impl<T, DB> Undecoded<T, DB>
where
    T: Item<Model: ReadRow<DB>>,
    DB: Backend,
{
    pub(crate) fn decode(self) -> Result<Loaded<T>, Error> {
        let Fetched { rows, keys, more, .. } = match self.read {
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
        Ok(Loaded { rows: (self.join)(rows), keys, more })
    }
}

/// What has to be known of a batch to read what is related to it, and the batch behind it.
pub(crate) struct Essence {
    pub(crate) rows: u64,
    /// At least the last one.
    pub(crate) keys: Keys,
    pub(crate) also: Vec<Keys>,
    pub(crate) more: bool,
}

impl Essence {
    pub(crate) fn of<M: ReadRow<DB>, DB: Backend>(
        read: &Read<M, Vec<DB::Row>>,
        expected: &Expected,
    ) -> Result<Self, Error> {
        let mut keys = Keys::new(expected.key.order.len());
        let rows = match read {
            Read::Driver(rows) => rows,
            Read::Direct(batch) => {
                if let Some(last) = batch.keys.last() {
                    keys.push(last);
                }
                let (rows, also) = (batch.rows.len() as u64, batch.also.clone());
                return Ok(Self { rows, keys, also, more: batch.more });
            }
        };
        let mut also: Vec<_> = expected.also.iter().map(|list| Keys::new(list.len())).collect();
        let most = usize::try_from(expected.rows).unwrap_or(usize::MAX);
        let (handed_out, more) = rows.split_at(rows.len().min(most));
        if let Some(last) = handed_out.last() {
            let layout = first_row::<DB>(AnyRow::Driver(&rows[0]), expected)?;
            expected.key.take::<DB>(AnyRow::Driver(last), &layout, &mut keys)?;
            for (columns, values) in expected.also.iter().zip(&mut also) {
                for row in handed_out {
                    let model = expected.key.model;
                    model.take::<DB>(columns, AnyRow::Driver(row), &layout, values)?;
                }
            }
        }
        Ok(Self { rows: handed_out.len() as u64, keys, also, more: !more.is_empty() })
    }
}
