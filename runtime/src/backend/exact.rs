//! Exact values: taken from rows in the database's own form, and bound back as the same values.

use sqlx::{Encode, Type, error::BoxDynError};

use super::{
    column::TableColumn, companion::Slot, driver::Driver, statement::Statement, value::RawValue,
};

/// Takes values from rows and binds them back, so that a position never changes its spelling.
#[doc(hidden)]
pub trait ExactValues: Driver {
    /// Returns what a statement selects along with a column, so that its values can be bound back
    /// exactly: NULL if a value needs nothing. Returns `None` if no value of the column ever does.
    fn companion(_column: &TableColumn<'_>) -> Option<String> {
        None
    }

    /// Takes the value at a place in a row.
    fn raw(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError>;

    /// Takes the value at a place in a row to find related rows by it.
    fn reference(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError> {
        Self::raw(row, slot)
    }

    /// Returns the value at a place, for messages.
    fn show(row: &Self::Row, ordinal: usize) -> Option<String> {
        let value = Self::raw(row, Slot { ordinal, companion: None }).ok()?;
        Some(value.to_string())
    }

    /// Refuses a key that the database sorts by one rule and compares by another, or that is no
    /// longer the one that a position was taken from.
    fn check_key(
        _row: &Self::Row,
        _slot: Slot,
        _position: Option<&RawValue>,
    ) -> Result<(), BoxDynError> {
        Ok(())
    }

    /// Returns how many bytes of a value the database looks at when sorting, if not at all of them.
    fn sorted_bytes(_row: &Self::Row, _slot: Slot) -> Option<usize> {
        None
    }

    /// Returns whether the column's type allows seeking a position with this value. The column is
    /// NULL in this row.
    fn has_type_of(
        _row: &Self::Row,
        _ordinal: usize,
        _value: &RawValue,
    ) -> Result<bool, sqlx::Error> {
        Ok(true)
    }

    /// Returns SQL for a boolean that is true if positions with these values can no longer be
    /// sought in their columns, or `None` if they always can.
    fn outdated<'v>(_values: impl Iterator<Item = (&'v str, &'v RawValue)>) -> Option<String> {
        None
    }

    /// Returns whether a value was read from this database.
    fn owns(value: &RawValue) -> bool;

    /// Binds a value back unchanged, and writes its placeholder.
    fn bind_raw(statement: &mut Statement<Self>, value: &RawValue) -> Result<(), BoxDynError>;

    /// Returns whether a list of values like this one can be bound as one array.
    fn fits_array(_value: &RawValue) -> bool {
        false
    }

    /// Binds values that fit an array, and writes the array's placeholder.
    fn bind_array<'v>(
        _statement: &mut Statement<Self>,
        _values: impl Iterator<Item = &'v RawValue>,
    ) -> Result<(), BoxDynError> {
        Err("this database has no arrays".into())
    }

    /// Binds a value from the user, and writes its placeholder.
    fn bind_value<T>(statement: &mut Statement<Self>, value: &T) -> Result<(), BoxDynError>
    where
        T: for<'q> Encode<'q, Self> + Type<Self> + 'static,
    {
        statement.add(value)
    }

    /// Returns a value from the user in a form that fits an array, if it has one.
    fn encode<T>(_value: &T) -> Option<RawValue>
    where
        T: for<'q> Encode<'q, Self> + Type<Self> + 'static,
    {
        None
    }

    /// Binds the number of rows of a LIMIT, and writes its placeholder.
    fn bind_limit(statement: &mut Statement<Self>, rows: i64) -> Result<(), BoxDynError>;
}

/// The reason why a value of one database cannot be bound on another.
pub(crate) const FOREIGN: &str = "the cursor was taken from another database";
