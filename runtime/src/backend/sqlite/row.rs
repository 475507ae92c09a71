//! A row as it is decoded without the driver.

use std::cell::RefCell;

use sqlx::{Decode, Sqlite, Type, error::BoxDynError};

use super::{
    buffer::BufferedRow,
    compound,
    handle::Failed,
    seen::{Seen, UnknownColumn},
    types::{self, Read},
    value::Value,
};
use crate::backend::{
    companion::Slot,
    direct::DirectRow,
    stored::{Field, Stored},
    value::RawValue,
};

/// A row, and what is known of types that only sqlx decodes.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    pub(super) cells: BufferedRow<'r>,
    pub(super) seen: &'r RefCell<Seen>,
}

impl DirectRow<Sqlite> for Row<'_> {
    fn len(self) -> usize {
        self.cells.len()
    }

    #[inline]
    fn raw(self, slot: Slot) -> Result<RawValue, BoxDynError> {
        let value = match self.cells.value(slot.ordinal)? {
            Stored::Null => return Ok(RawValue::Null),
            Stored::Integer(value) => Value::Integer(value),
            Stored::Real(value) => Value::Real(value),
            Stored::Text(bytes) => Value::Text(str::from_utf8(bytes)?.to_owned()),
            Stored::Blob(bytes) => Value::Blob(bytes.to_vec()),
        };
        let Some(companion) = slot.companion else { return Ok(RawValue::Sqlite(value)) };
        let declared = match self.cells.value(companion)? {
            Stored::Null => None,
            Stored::Text(bytes) => Some(str::from_utf8(bytes)?),
            _ => return Err(Failed("a companion is no text").into()),
        };
        Ok(compound::mark(value, declared))
    }

    fn is_null(self, ordinal: usize) -> Result<bool, BoxDynError> {
        Ok(matches!(self.cells.value(ordinal)?, Stored::Null))
    }

    fn flag(self, ordinal: usize) -> Result<bool, BoxDynError> {
        self.get(ordinal, Field::default())
    }

    fn number(self, ordinal: usize) -> Result<i64, BoxDynError> {
        self.get(ordinal, Field::default())
    }

    fn get<T>(self, ordinal: usize, field: Field) -> Result<T, BoxDynError>
    where
        T: for<'q> Decode<'q, Sqlite> + Type<Sqlite> + 'static,
    {
        let stored = self.cells.value(ordinal)?;
        match read(stored, field) {
            Read::Value(value) => Ok(value),
            Read::Refused => Err(Failed("the value does not fit the type").into()),
            Read::Unknown => {
                let column = UnknownColumn::of::<T>(ordinal, field, decodes::<T>);
                let value = self.seen.borrow_mut().decode(column, stored);
                value.ok_or_else(|| Failed("sqlx refuses it").into())
            }
        }
    }
}

/// Reads a value without sqlx.
fn read<T: 'static>(stored: Stored<'_>, field: Field) -> Read<T> {
    match types::read(stored) {
        Read::Unknown => {}
        known => return known,
    }
    // What sqlx makes of a NULL in a type without room for it depends on the declared type.
    if matches!(stored, Stored::Null) && !field.nullable {
        return Read::Refused;
    }
    let mut value: Option<T> = None;
    match field.read_generic {
        Some(read) if read(stored, &mut value) => value.map_or(Read::Unknown, Read::Value),
        _ => Read::Unknown,
    }
}

/// Returns whether a value needs not be seen to be decoded.
fn decodes<T: 'static>(stored: Stored<'_>, field: Field) -> bool {
    !matches!(read::<T>(stored, field), Read::Unknown)
}
