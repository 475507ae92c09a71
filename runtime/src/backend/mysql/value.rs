//! Values by the type that they are compared as.

use std::{fmt, mem::discriminant, num::NonZeroU8};

use sqlx::{MySql, Type, TypeInfo as _, error::BoxDynError, mysql::MySqlTypeInfo};

use super::{collation, temporal, text::Text};
use crate::{
    backend::bytes::{ByteReader, Hex, write_bytes},
    error::TokenError,
};

/// A value by the type that it is compared as.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A signed integer of any width.
    Integer(i64),
    /// An unsigned integer of any width, a YEAR or a BIT.
    Unsigned(u64),
    /// A floating point number.
    Double(f64),
    /// An exact number, with all digits of its scale.
    Decimal(String),
    /// `YYYY-MM-DD`.
    Date(String),
    /// A DATETIME or TIMESTAMP: `YYYY-MM-DD hh:mm:ss.ffffff`.
    DateTime(String),
    /// `hh:mm:ss.ffffff`, possibly with a sign or more hours than a day has.
    Time(String),
    /// Text of any character set, converted to that of the connection.
    Text(String),
    /// Text in its column's own character set, with the name of its collation.
    Collated(Text),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl Value {
    /// Reads a value of a binary row
    /// (<https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html>).
    pub(super) fn of(type_info: &MySqlTypeInfo, bytes: &[u8]) -> Result<Self, BoxDynError> {
        // Most keys are integers, so these come first, without a look at names.
        if <i64 as Type<MySql>>::compatible(type_info) {
            return Ok(Self::Integer(signed(bytes)));
        }
        let text = || String::from_utf8(bytes.to_vec());
        Ok(match type_info.name() {
            "BIT" => Self::Unsigned(big_endian(bytes)),
            "YEAR" => Self::Unsigned(little_endian(bytes)),
            _ if <u64 as Type<MySql>>::compatible(type_info) => {
                Self::Unsigned(little_endian(bytes))
            }
            "FLOAT" => Self::Double(f32::from_le_bytes(bytes.try_into()?).into()),
            "DOUBLE" => Self::Double(f64::from_le_bytes(bytes.try_into()?)),
            "DECIMAL" => Self::Decimal(text()?),
            "DATE" => Self::Date(temporal::date(bytes)?),
            "DATETIME" | "TIMESTAMP" => Self::DateTime(temporal::date_time(bytes)?),
            "TIME" => Self::Time(temporal::time(bytes)?),
            // The name of a text type says little: with a binary collation it names bytes.
            "JSON" => Self::Text(text()?),
            _ if <str as Type<MySql>>::compatible(type_info) => Self::Text(text()?),
            _ => Self::Bytes(bytes.to_vec()),
        })
    }

    /// Returns whether the value is empty text or empty bytes.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Text(value) => value.is_empty(),
            Self::Collated(value) => value.bytes().is_empty(),
            Self::Bytes(value) => value.is_empty(),
            _ => false,
        }
    }

    /// Appends the value to a token.
    pub(crate) fn write(&self, tag: u8, out: &mut Vec<u8>) {
        let (kind, bytes) = match self {
            Self::Integer(value) => (0, &value.to_be_bytes()[..]),
            Self::Unsigned(value) => (1, &value.to_be_bytes()[..]),
            Self::Double(value) => (2, &value.to_be_bytes()[..]),
            Self::Decimal(value) => (3, value.as_bytes()),
            Self::Date(value) => (4, value.as_bytes()),
            Self::DateTime(value) => (5, value.as_bytes()),
            Self::Time(value) => (6, value.as_bytes()),
            Self::Text(value) => (7, value.as_bytes()),
            Self::Bytes(value) => (8, value.as_slice()),
            Self::Collated(value) => (9, value.with_collation()),
        };
        out.push(tag + kind);
        write_bytes(out, bytes);
    }

    /// See [`RawValue::identify`]. Text is compared by its collation, and bytes can be text.
    pub(crate) fn identify(&self, tag: u8, out: &mut Vec<u8>) -> Option<NonZeroU8> {
        let kind = match self {
            Self::Integer(value) => {
                // A number is the same, signed or unsigned.
                match u64::try_from(*value) {
                    Ok(value) => Self::Unsigned(value).write(tag, out),
                    Err(_) => self.write(tag, out),
                }
                return NonZeroU8::new(1);
            }
            Self::Unsigned(_) => 1,
            Self::Date(_) => 2,
            Self::DateTime(_) => 3,
            Self::Time(_) => 4,
            Self::Double(_)
            | Self::Decimal(_)
            | Self::Text(_)
            | Self::Collated(_)
            | Self::Bytes(_) => 0,
        };
        self.write(tag, out);
        NonZeroU8::new(kind)
    }

    /// See [`RawValue::may_be_cut_short`].
    pub(crate) fn may_be_cut_short(&self, other: &Self, sorted_bytes: usize) -> bool {
        match (self, other) {
            (Self::Collated(this), Self::Collated(other)) => {
                collation::may_be_cut_short(this.bytes(), other.bytes(), sorted_bytes)
            }
            (Self::Bytes(this), Self::Bytes(other)) => {
                let begin = |value: &[u8]| value.get(..sorted_bytes).map(<[u8]>::to_vec);
                begin(this).is_some_and(|this| begin(other) == Some(this))
            }
            _ => false,
        }
    }

    /// See [`RawValue::fits`].
    pub(crate) fn fits(&self, other: &Self) -> bool {
        let is_integer = |value: &Self| matches!(value, Self::Integer(_) | Self::Unsigned(_));
        is_integer(self) && is_integer(other) || discriminant(self) == discriminant(other)
    }

    /// Does the same by the type of a column, whose collation tells text from bytes.
    pub(super) fn fits_type(&self, type_info: &MySqlTypeInfo) -> bool {
        let is_integer = <i64 as Type<MySql>>::compatible(type_info)
            || <u64 as Type<MySql>>::compatible(type_info);
        match (self, type_info.name()) {
            (Self::Integer(_) | Self::Unsigned(_), name) => is_integer || name == "YEAR",
            (Self::Double(_), name) => matches!(name, "FLOAT" | "DOUBLE"),
            (Self::Decimal(_), name) => name == "DECIMAL",
            (Self::Date(_), name) => name == "DATE",
            (Self::DateTime(_), name) => matches!(name, "DATETIME" | "TIMESTAMP"),
            (Self::Time(_), name) => name == "TIME",
            (Self::Text(_) | Self::Collated(_) | Self::Bytes(_), name) => {
                ["CHAR", "TEXT", "BINARY", "BLOB"].iter().any(|kind| name.ends_with(kind))
            }
        }
    }

    /// See [`RawValue::has_one_order`].
    pub(crate) const fn has_one_order(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Collated(_) | Self::Bytes(_))
    }

    /// Takes a value from a token.
    pub(crate) fn read(kind: u8, reader: &mut ByteReader<'_>) -> Result<Self, TokenError> {
        let number = |reader: &mut ByteReader<'_>| {
            reader.bytes().and_then(|bytes| bytes.try_into().map_err(|_| TokenError::Damaged))
        };
        Ok(match kind {
            0 => Self::Integer(i64::from_be_bytes(number(reader)?)),
            1 => Self::Unsigned(u64::from_be_bytes(number(reader)?)),
            2 => Self::Double(f64::from_be_bytes(number(reader)?)),
            3 => Self::Decimal(reader.text()?),
            4 => Self::Date(reader.text()?),
            5 => Self::DateTime(reader.text()?),
            6 => Self::Time(reader.text()?),
            7 => Self::Text(reader.text()?),
            8 => Self::Bytes(reader.bytes()?.to_vec()),
            9 => Self::Collated(Text::of(reader.bytes()?).ok_or(TokenError::Damaged)?),
            _ => return Err(TokenError::Damaged),
        })
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn little_endian(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Reads a little-endian number whose sign is in the highest bit of its last byte.
fn signed(bytes: &[u8]) -> i64 {
    let sign = bytes.last().map_or(0, |last| i64::from(last.cast_signed() >> 7));
    bytes.iter().rev().fold(sign, |number, byte| number << 8 | i64::from(*byte))
}

/// The value as an SQL literal, for messages.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Unsigned(value) => write!(f, "{value}"),
            Self::Double(value) => write!(f, "{value:?}"),
            Self::Decimal(value) => f.write_str(value),
            Self::Date(value) | Self::DateTime(value) | Self::Time(value) | Self::Text(value) => {
                write!(f, "'{}'", value.replace('\'', "''"))
            }
            Self::Bytes(value) => Hex(value).fmt(f),
            Self::Collated(value) => value.fmt(f),
        }
    }
}
