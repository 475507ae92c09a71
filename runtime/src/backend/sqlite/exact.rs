//! Takes keys from rows and binds them back.

use sqlx::{Decode, Encode, Sqlite, Type, TypeInfo as _, ValueRef as _, error::BoxDynError};

use super::{compound, types, value::Value};
use crate::backend::{
    column::TableColumn,
    companion::{Slot, is_number},
    driver::Driver as _,
    exact::{ExactValues, FOREIGN},
    statement::Statement,
    value::RawValue,
};

impl ExactValues for Sqlite {
    fn companion(column: &TableColumn<'_>) -> Option<String> {
        (!is_number(column.field)).then(|| compound::companion(column))
    }

    fn raw(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError> {
        let value = Self::value(row, slot.ordinal)?;
        if value.is_null() {
            return Ok(RawValue::Null);
        }
        // A value's type names its storage class, not the column's declared type.
        let class = match value.type_info().name() {
            "INTEGER" => Value::Integer(Decode::<Self>::decode(value)?),
            "REAL" => Value::Real(Decode::<Self>::decode(value)?),
            "TEXT" => Value::Text(Decode::<Self>::decode(value)?),
            _ => Value::Blob(Decode::<Self>::decode(value)?),
        };
        let Some(companion) = slot.companion else { return Ok(RawValue::Sqlite(class)) };
        let declared: Option<&str> = sqlx::Row::try_get_unchecked(row, companion)?;
        Ok(compound::mark(class, declared))
    }

    fn owns(value: &RawValue) -> bool {
        matches!(value, RawValue::Sqlite(_) | RawValue::SqliteBare(_))
    }

    fn bind_raw(statement: &mut Statement<Self>, value: &RawValue) -> Result<(), BoxDynError> {
        let (RawValue::Sqlite(value) | RawValue::SqliteBare(value)) = value else {
            return Err(FOREIGN.into());
        };
        keep(statement, Some(value.clone()));
        match value {
            Value::Integer(value) => statement.add(*value),
            Value::Real(value) => statement.add(*value),
            Value::Text(value) => statement.add(value.as_str()),
            Value::Blob(value) => statement.add(value.as_slice()),
        }
    }

    fn bind_value<T>(statement: &mut Statement<Self>, value: &T) -> Result<(), BoxDynError>
    where
        T: for<'q> Encode<'q, Self> + Type<Self> + 'static,
    {
        keep(statement, types::bound(value));
        statement.add(value)
    }

    fn bind_limit(statement: &mut Statement<Self>, rows: i64) -> Result<(), BoxDynError> {
        Self::bind_value(statement, &rows)
    }
}

/// Keeps a value to bind it without the driver, or notes that this is impossible.
fn keep(statement: &mut Statement<Sqlite>, value: Option<Value>) {
    match (value, &mut statement.values) {
        (Some(value), Some(values)) => values.push(RawValue::Sqlite(value)),
        _ => statement.values = None,
    }
}
