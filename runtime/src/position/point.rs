//! A position with the order that it belongs to.

use super::{
    key::{Key, forwards},
    token::{
        TableTag,
        cursor::{self, Content},
    },
};
use crate::{
    backend::{Backend, value::RawValue},
    error::{CursorMismatch, Error, TokenError},
    model::Model,
};

/// A place in an order: the exact key of a row, and the order that the key belongs to.
#[derive(Clone)]
pub(crate) struct Point {
    pub(crate) key: Key,
    pub(crate) values: Vec<RawValue>,
    /// True if reading after the point starts with the row at the point.
    pub(crate) included: bool,
    table: TableTag,
}

impl Point {
    /// Creates the point at the row with these values.
    pub(crate) fn of(key: Key, values: Vec<RawValue>) -> Self {
        let table = TableTag::of(&key.table);
        Self { key, values, included: false, table }
    }

    /// Returns the same place, but reading after it starts with the row at the place.
    pub(crate) fn including(self) -> Self {
        Self { included: true, ..self }
    }

    pub(crate) fn to_token(&self) -> String {
        cursor::write(&self.key, self.table, &self.values, self.included)
    }

    pub(crate) fn from_token(model: &'static Model, token: &str) -> Result<Self, TokenError> {
        let Content { table, order, values, included } = cursor::read(model, token)?;
        Ok(Self { key: Key::new(model, order), values, included, table })
    }

    /// Checks that the point was taken in this order or its reverse, from the same table, and on
    /// the same kind of database.
    pub(crate) fn check<DB: Backend>(&self, key: &Key) -> Result<(), Error> {
        let reason = if self.table != TableTag::of(&key.table) {
            CursorMismatch::Table
        } else if !forwards(&self.key.order).eq(forwards(&key.order)) {
            CursorMismatch::Order
        } else if !key.is_fitted_by(&self.values) {
            CursorMismatch::Values
        } else if !self.values.iter().all(|value| value.is_null() || DB::owns(value)) {
            CursorMismatch::Database
        } else {
            return Ok(());
        };
        Err(Error::Cursor { model: key.model().name, reason })
    }

    /// Describes the values with their columns, for messages.
    pub(crate) fn describe(&self) -> String {
        self.key.describe(&self.values)
    }
}

/// Equal points are at the same row of the same order, in either direction.
impl PartialEq for Point {
    fn eq(&self, other: &Self) -> bool {
        self.table == other.table
            && forwards(&self.key.order).eq(forwards(&other.key.order))
            && self.values == other.values
    }
}
