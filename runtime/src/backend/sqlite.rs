//! SQLite: values have a storage class of their own, whatever the column says.

use std::fmt;

use sqlx::{Decode, Sqlite, SqliteConnection, TypeInfo as _, ValueRef as _, error::BoxDynError};

use super::{Backend, Dialect, FOREIGN, Hex, Nulls, Statement, Tuples, connection, driver};
use crate::{
    raw::RawValue,
    token::{Reader, TokenError, write_bytes},
};

connection!(Sqlite, SqliteConnection);

impl Backend for Sqlite {
    const DIALECT: Dialect = Dialect {
        quote: '"',
        nulls: Nulls::First,
        // A row value does not search by the rowid behind an index's own columns, which is what
        // most tie-breakers are.
        tuples: Tuples::FirstColumn,
        statements_keep_types: false,
        splits_unnamed_statements: false,
    };

    driver!();

    fn raw(row: &Self::Row, ordinal: usize) -> Result<RawValue, BoxDynError> {
        let value = Self::value(row, ordinal)?;
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
        Ok(RawValue::Sqlite(class))
    }

    fn owns(value: &RawValue) -> bool {
        matches!(value, RawValue::Sqlite(_))
    }

    fn bind_raw(statement: &mut Statement<Self>, value: &RawValue) -> Result<(), BoxDynError> {
        match value {
            RawValue::Sqlite(Value::Integer(value)) => statement.add(*value),
            RawValue::Sqlite(Value::Real(value)) => statement.add(*value),
            RawValue::Sqlite(Value::Text(value)) => statement.add(value.as_str()),
            RawValue::Sqlite(Value::Blob(value)) => statement.add(value.as_slice()),
            _ => Err(FOREIGN.into()),
        }
    }
}

/// A value by its storage class (<https://sqlite.org/datatype3.html>).
#[derive(Clone, Debug)]
pub enum Value {
    /// A signed integer.
    Integer(i64),
    /// A floating point number.
    Real(f64),
    /// Text; the encoding of the database file does not matter.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Value {
    /// Appends the value to a token.
    pub(crate) fn write(&self, tag: u8, out: &mut Vec<u8>) {
        match self {
            Self::Integer(value) => {
                out.push(tag);
                out.extend(value.to_be_bytes());
            }
            Self::Real(value) => {
                out.push(tag + 1);
                out.extend(value.to_be_bytes());
            }
            Self::Text(value) => {
                out.push(tag + 2);
                write_bytes(out, value.as_bytes());
            }
            Self::Blob(value) => {
                out.push(tag + 3);
                write_bytes(out, value);
            }
        }
    }

    /// Takes a value from a token.
    pub(crate) fn read(kind: u8, reader: &mut Reader<'_>) -> Result<Self, TokenError> {
        Ok(match kind {
            0 => Self::Integer(i64::from_be_bytes(reader.array()?)),
            1 => Self::Real(f64::from_be_bytes(reader.array()?)),
            2 => Self::Text(reader.text()?),
            3 => Self::Blob(reader.bytes()?.to_vec()),
            _ => return Err(TokenError::Damaged),
        })
    }
}

/// Equal to the comparison of SQLite, except that text is compared byte by byte, whatever the
/// column's collation.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a == b,
            (Self::Real(a), Self::Real(b)) => a == b,
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Blob(a), Self::Blob(b)) => a == b,
            (Self::Integer(integer), Self::Real(real))
            | (Self::Real(real), Self::Integer(integer)) => is_same_number(*integer, *real),
            _ => false,
        }
    }
}

/// Whether the two are the same number exactly. An integer that a float cannot hold is rounded on
/// the way there, so the way back must give it again.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::float_cmp)]
fn is_same_number(integer: i64, real: f64) -> bool {
    integer as f64 == real && real < 9_223_372_036_854_775_808.0 && real as i64 == integer
}

/// The value as an SQL literal, for messages.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Real(value) => write!(f, "{value:?}"),
            Self::Text(value) => write!(f, "'{}'", value.replace('\'', "''")),
            Self::Blob(value) => Hex(value).fmt(f),
        }
    }
}
