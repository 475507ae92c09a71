//! The keys of a few rows, without the rows.

use std::sync::Arc;

use super::{
    collect::{Collect, first_row, needs_companions},
    request::Expected,
};
use crate::{
    backend::{Backend, row::AnyRow, value::RawValue},
    error::Error,
    model::layout::Layout,
    position::keys::Keys,
};

/// Collects the keys of rows that conditions will be made of.
///
/// A key that the database does not sort by as a whole is refused: rows that it sorts alike would be
/// on the wrong side of it.
pub(crate) struct KeyRows {
    expected: Arc<Expected>,
    layout: Option<Layout>,
    keys: Vec<Vec<RawValue>>,
    /// True if the next statement must select companions again.
    pub(crate) companions: bool,
}

impl KeyRows {
    /// Creates an empty collection for the rows of a request.
    pub(crate) fn of(expected: &Arc<Expected>) -> Self {
        let companions = !expected.companions.is_empty();
        Self { expected: Arc::clone(expected), layout: None, keys: Vec::new(), companions }
    }

    /// Returns the keys of the first row and of the second one.
    pub(crate) fn into_first_two(self) -> (Option<Vec<RawValue>>, Option<Vec<RawValue>>) {
        let mut keys = self.keys.into_iter();
        (keys.next(), keys.next())
    }
}

impl<DB: Backend> Collect<DB> for KeyRows {
    fn anew(&self) -> Self {
        Self::of(&self.expected)
    }

    fn push(&mut self, row: DB::Row) -> Result<(), Error> {
        let Self { expected, layout, keys, companions } = self;
        let row = AnyRow::<DB>::Driver(&row);
        let layout = if let Some(layout) = layout {
            layout
        } else {
            let layout = layout.insert(first_row::<DB>(row, expected)?);
            *companions = needs_companions(row, layout, expected);
            layout
        };
        let key = &expected.key;
        let mut values = Keys::new(key.order.len());
        key.take::<DB>(row, layout, expected.given(), &mut values)?;
        let values = values.pop();
        key.check_length(&values, &values, layout)?;
        keys.push(values);
        Ok(())
    }
}
