//! Exact values: taken from rows in the database's own form, and bound back as the same values.

use sqlx::{Encode, Type, error::BoxDynError};

use super::{
    companion::{CompanionOf, Slot},
    driver::Driver,
    statement::Statement,
    value::RawValue,
};

/// How values are taken from rows and bound back, so that a position never changes its spelling.
#[doc(hidden)]
pub trait ExactValues: Driver {
    /// What a statement selects beside a column, so that its values can be bound back exactly; it
    /// is NULL beside a value that needs nothing. `None` for columns of which no value ever does.
    fn companion(_column: &CompanionOf<'_>) -> Option<String> {
        None
    }

    /// Takes the value at a place in a row.
    fn raw(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError>;

    /// Takes the value at a place in a row to find related rows by it.
    fn reference(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError> {
        Self::raw(row, slot)
    }

    /// The value at a place, for messages.
    fn show(row: &Self::Row, ordinal: usize) -> Option<String> {
        let value = Self::raw(row, Slot { ordinal, companion: None }).ok()?;
        Some(value.to_string())
    }

    /// Refuses a key that the database sorts by another rule than it compares by, or that is no
    /// longer the one that a position was taken from.
    fn check_key(
        _row: &Self::Row,
        _slot: Slot,
        _position: Option<&RawValue>,
    ) -> Result<(), BoxDynError> {
        Ok(())
    }

    /// How many bytes of a column's values the database looks at when it sorts, if not at all.
    fn sorted_bytes(_row: &Self::Row, _slot: Slot) -> Option<usize> {
        None
    }

    /// Whether a column, which is NULL here, has a type in which a position with this value can be
    /// sought.
    fn has_type_of(
        _row: &Self::Row,
        _ordinal: usize,
        _value: &RawValue,
    ) -> Result<bool, sqlx::Error> {
        Ok(true)
    }

    /// Asks, as a boolean, whether positions with these values can no longer be sought in their
    /// columns; `None` if they always can.
    fn outdated<'v>(_values: impl Iterator<Item = (&'v str, &'v RawValue)>) -> Option<String> {
        None
    }

    /// Whether a value was read from this database.
    fn owns(value: &RawValue) -> bool;

    /// Binds a value back as it was read, and writes its placeholder.
    fn bind_raw(statement: &mut Statement<Self>, value: &RawValue) -> Result<(), BoxDynError>;

    /// Whether a list of values like this one can be bound as one array.
    fn fits_array(_value: &RawValue) -> bool {
        false
    }

    /// Binds values that fit an array, and writes its placeholder.
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

    /// A value from the user in the form in which it fits an array.
    fn encode<T>(_value: &T) -> Option<RawValue>
    where
        T: for<'q> Encode<'q, Self> + Type<Self> + 'static,
    {
        None
    }

    /// Binds the number of rows of a LIMIT, and writes its placeholder.
    fn bind_limit(statement: &mut Statement<Self>, rows: i64) -> Result<(), BoxDynError>;
}

/// Why a value of one database cannot be bound on another.
pub(crate) const FOREIGN: &str = "the cursor was taken from another database";
