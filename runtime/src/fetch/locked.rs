//! Rows that were locked, next to the keys that they were locked by.

use std::sync::Arc;

use super::{
    collect::{Collect, capacity, decode},
    fetched::Fetched,
    request::Expected,
};
use crate::{
    backend::{Backend, row::AnyRow},
    error::Error,
    model::{layout::Layout, row::DecodeAs},
    position::keys::Keys,
};

/// Collects the rows of a batch that locks them: each is a row, if there still is one, and the key that
/// it was looked up by.
pub(crate) struct LockedRows<M, DB: Backend> {
    /// Makes the rows, unless their keys alone are selected.
    decode: Option<DecodeAs<M, DB>>,
    expected: Arc<Expected>,
    layouts: Option<Layouts>,
    fetched: Fetched<M>,
    /// The keys that rows were looked up by.
    walked: Keys,
}

/// The places of columns in a row: those of the model, whether there is a row, its number, and then the
/// columns of the key.
struct Layouts {
    row: Layout,
    is_locked: usize,
    key: Layout,
}

impl Layouts {
    fn of<DB: Backend>(row: AnyRow<'_, DB>, expected: &Expected) -> Result<Self, Error> {
        expected.check_nulls(row)?;
        let Expected { key, companions, nulls_of, .. } = expected;
        let columns: Vec<_> = key.order.iter().map(|sort| sort.column).collect();
        let of_key: Arc<[usize]> = key.own_companions(companions).collect();
        let behind = of_key.len() + nulls_of.len();
        let first = row.len().saturating_sub(columns.len() + behind);
        // Before the key there is a number, and before that the flag.
        let is_locked = first.saturating_sub(2);
        let after_companions = row.len() - is_locked;
        let mut key_layout =
            Layout::of::<DB>(key.model(), row, Some((first, &columns)), &of_key, nulls_of.len());
        key.check_types::<DB>(row, &key_layout)?;
        key_layout.cut_short = key.cut_short(row, &key_layout);
        Ok(Self {
            row: Layout::of::<DB>(key.model(), row, None, companions, after_companions),
            is_locked,
            key: key_layout,
        })
    }
}

impl<M, DB: Backend> LockedRows<M, DB> {
    pub(crate) fn new(decode: Option<DecodeAs<M, DB>>, expected: Arc<Expected>) -> Self {
        let fetched = Fetched::empty(&expected, capacity(&expected));
        let walked = Keys::new(expected.key.order.len());
        Self { decode, expected, layouts: None, fetched, walked }
    }

    fn take(&mut self, row: AnyRow<'_, DB>) -> Result<(), Error> {
        let Self { decode: decode_row, expected, layouts, fetched, walked } = self;
        let key = &expected.key;
        if fetched.is_short {
            return Ok(());
        }
        let layouts = match layouts {
            Some(layouts) => &*layouts,
            None => layouts.insert(Layouts::of(row, expected)?),
        };
        key.take::<DB>(row, &layouts.key, expected.given(), walked)?;
        expected.check_order(walked, &layouts.key)?;
        if walked.len() as u64 > expected.rows {
            fetched.extra = Some(walked.pop());
            return Ok(());
        }
        let is_gone = row.is_null(layouts.is_locked);
        let is_gone = is_gone.map_err(|source| key.refused::<DB>(sqlx::Error::Decode(source)))?;
        if is_gone {
            return Ok(());
        }
        let Some(decode_row) = decode_row else {
            fetched.keys.push(walked.last().unwrap_or_default());
            return Ok(());
        };
        match decode(*decode_row, key.model(), &layouts.row, row) {
            Ok(row) => fetched.rows.push(row),
            Err(error) => {
                let bad = walked.pop();
                let error = key.undecodable(error, &bad);
                if !expected.goes_short || fetched.rows.is_empty() {
                    return Err(error);
                }
                // The rows before the bad one come first; then it is read again.
                fetched.extra = Some(bad);
                fetched.is_short = true;
                return Ok(());
            }
        }
        fetched.keys.push(walked.last().unwrap_or_default());
        for (taken, values) in expected.taken.iter().zip(&mut fetched.taken) {
            taken.take::<DB>(key.model(), row, &layouts.row, values)?;
        }
        Ok(())
    }

    /// Ends the collection and returns its rows.
    pub(crate) fn finish(self) -> Fetched<M> {
        Fetched { walked: Some(self.walked), ..self.fetched }
    }
}

impl<M: Send, DB: Backend> Collect<DB> for LockedRows<M, DB> {
    fn anew(&self) -> Self {
        Self::new(self.decode, Arc::clone(&self.expected))
    }

    fn push(&mut self, row: DB::Row) -> Result<(), Error> {
        self.take(AnyRow::Driver(&row))
    }
}
