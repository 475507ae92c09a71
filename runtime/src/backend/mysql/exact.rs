//! Takes keys from rows, binds them back, and refuses columns that cannot be keys.

use std::fmt::Write as _;

use sqlx::{Decode, Encode, MySql, Type, TypeInfo as _, ValueRef as _, error::BoxDynError};

use super::{
    collation::{self, Kind},
    driver::zero_date,
    temporal,
    text::{self, Text},
    value::Value,
};
use crate::backend::{
    column::TableColumn,
    companion::{Slot, is_number},
    driver::Driver as _,
    exact::{ExactValues, FOREIGN},
    statement::Statement,
    value::RawValue,
};

impl ExactValues for MySql {
    fn bind_limit(statement: &mut Statement<Self>, rows: i64) -> Result<(), BoxDynError> {
        statement.add(rows)
    }

    fn companion(column: &TableColumn<'_>) -> Option<String> {
        (!is_number(column.field)).then(|| text::companion(column.sql))
    }

    fn outdated<'v>(values: impl Iterator<Item = (&'v str, &'v RawValue)>) -> Option<String> {
        text::outdated(values.filter_map(|(column, value)| match value {
            RawValue::MySql(Value::Collated(value)) => Some((column, value.collation())),
            RawValue::MySql(Value::Bytes(_)) => Some((column, "binary")),
            _ => None,
        }))
    }

    /// ENUM and SET columns are sorted by number but compared by spelling, and JSON is bound as a
    /// string: no `>` agrees with their ORDER BY.
    fn check_key(
        row: &Self::Row,
        slot: Slot,
        position: Option<&RawValue>,
    ) -> Result<(), BoxDynError> {
        // The name of the type is not enough: it is "BINARY" with a binary collation, and "CHAR"
        // for a SET. The flags of the column tell, and only `Debug` shows them.
        let value = Self::value(row, slot.ordinal)?;
        let type_info = value.type_info();
        if type_info.name() == "JSON" {
            return Err("JSON is not compared as text; order by another unique column".into());
        }
        let type_info = format!("{type_info:?}");
        for kind in ["ENUM", "SET"] {
            let flag = |word: &str| word == kind;
            if type_info.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(flag) {
                return Err(format!(
                    "{kind} values are sorted by number but compared by spelling; \
                     order by another unique column"
                )
                .into());
            }
        }
        let Some(text) = Text::next_to(row, slot)? else { return Ok(()) };
        if let Some(kind) = Kind::of(&type_info) {
            collation::check(&text, kind)?;
        }
        match position {
            Some(RawValue::MySql(Value::Collated(position))) => text.check_collation(position),
            _ => Ok(()),
        }
    }

    fn sorted_bytes(row: &Self::Row, slot: Slot) -> Option<usize> {
        let type_info = format!("{:?}", Self::value(row, slot.ordinal).ok()?.type_info());
        Kind::of(&type_info).map(Kind::sorted_bytes)
    }

    fn raw(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError> {
        if let Some(text) = Text::next_to(row, slot)? {
            collation::check_end(&text)?;
            return Ok(RawValue::MySql(Value::Collated(text)));
        }
        let value = Self::value(row, slot.ordinal)?;
        let type_info = value.type_info().into_owned();
        // The driver also calls a zero date NULL, but to the server only a value without bytes is
        // NULL.
        let Ok(bytes) = <&[u8] as Decode<Self>>::decode(value) else {
            return Ok(RawValue::Null);
        };
        Ok(RawValue::MySql(Value::of(&type_info, bytes)?))
    }

    fn reference(row: &Self::Row, slot: Slot) -> Result<RawValue, BoxDynError> {
        let value = Self::raw(row, Slot { companion: None, ..slot })?;
        if let (RawValue::MySql(Value::Text(value)), Some(text)) =
            (&value, Text::next_to(row, slot)?)
        {
            text.check_arrived(value)?;
        }
        Ok(value)
    }

    fn has_type_of(row: &Self::Row, ordinal: usize, value: &RawValue) -> Result<bool, sqlx::Error> {
        let type_info = Self::value(row, ordinal)?.type_info().into_owned();
        Ok(match value {
            RawValue::MySql(value) => value.fits_type(&type_info),
            _ => true,
        })
    }

    fn show(row: &Self::Row, ordinal: usize) -> Option<String> {
        match zero_date(row, ordinal) {
            Some(date) => Some(format!("'{date}'")),
            None => Some(Self::raw(row, Slot { ordinal, companion: None }).ok()?.to_string()),
        }
    }

    fn owns(value: &RawValue) -> bool {
        matches!(value, RawValue::MySql(_))
    }

    fn bind_raw(statement: &mut Statement<Self>, value: &RawValue) -> Result<(), BoxDynError> {
        let RawValue::MySql(value) = value else { return Err(FOREIGN.into()) };
        // Under `EMPTY_STRING_IS_NULL`, MariaDB takes an empty parameter for NULL, but not an empty
        // result of a function.
        if value.is_empty() {
            if let Value::Collated(value) = value {
                statement.sql.push_str("CONVERT(REPEAT('x', 0)");
                write_type(statement, value);
                return Ok(());
            }
            statement.sql.push_str("REPEAT('x', 0)");
            return Ok(());
        }
        match value {
            Value::Integer(value) => statement.add(*value),
            Value::Unsigned(value) => statement.add(*value),
            Value::Double(value) => statement.add(*value),
            Value::Text(value) => statement.add(value.as_str()),
            Value::Bytes(value) => statement.add(value.as_slice()),
            Value::Collated(value) => bind_text(statement, value),
            // Text would be compared with numbers as a float, and with times by the rules of the
            // session's `sql_mode`.
            Value::Decimal(value) => {
                let scale = value.rsplit_once('.').map_or(0, |(_, fraction)| fraction.len());
                cast(statement, value, &format!("DECIMAL(65, {scale})"))
            }
            Value::Date(value) => cast(statement, value, "DATE"),
            Value::DateTime(value) => cast(statement, value, "DATETIME(6)"),
            Value::Time(value) => cast(statement, value, "TIME(6)"),
        }
    }

    /// Binds a TIMESTAMP as a DATETIME, which is compared with both types. A TIMESTAMP parameter
    /// ends in 2038, and cannot stand for later values of a DATETIME column.
    fn bind_value<T>(statement: &mut Statement<Self>, value: &T) -> Result<(), BoxDynError>
    where
        T: for<'q> Encode<'q, Self> + Type<Self> + 'static,
    {
        let type_info = value.produces().unwrap_or_else(T::type_info);
        if type_info.name() != "TIMESTAMP" {
            return statement.add(value);
        }
        let mut bytes = Vec::new();
        let _not_null = value.encode_by_ref(&mut bytes)?;
        cast(statement, &temporal::date_time(&bytes)?, "DATETIME(6)")
    }
}

/// Binds a text and names its collation, because a parameter has none of its own.
fn bind_text(statement: &mut Statement<MySql>, text: &Text) -> Result<(), BoxDynError> {
    statement.sql.push_str("CONVERT(");
    statement.add(text.bytes())?;
    write_type(statement, text);
    Ok(())
}

fn write_type(statement: &mut Statement<MySql>, text: &Text) {
    for part in [" USING ", text.character_set(), ") COLLATE ", text.collation()] {
        statement.sql.push_str(part);
    }
}

/// Binds a value without a parameter type of its own, in the spelling of the database.
fn cast(statement: &mut Statement<MySql>, value: &str, to: &str) -> Result<(), BoxDynError> {
    statement.sql.push_str("CAST(");
    statement.add(value)?;
    write!(statement.sql, " AS {to})")?;
    Ok(())
}
