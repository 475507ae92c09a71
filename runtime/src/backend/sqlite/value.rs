//! Values by their storage class.

use std::fmt;

use crate::{
    backend::bytes::{ByteReader, Hex, write_bytes},
    error::TokenError,
};

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
    pub(crate) fn read(kind: u8, reader: &mut ByteReader<'_>) -> Result<Self, TokenError> {
        Ok(match kind {
            0 => Self::Integer(i64::from_be_bytes(reader.array()?)),
            1 => Self::Real(f64::from_be_bytes(reader.array()?)),
            2 => Self::Text(reader.text()?),
            3 => Self::Blob(reader.bytes()?.to_vec()),
            _ => return Err(TokenError::Damaged),
        })
    }
}

/// Compares as SQLite does, but compares text byte by byte, whatever the collation of the column.
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

/// Returns whether the two are exactly the same number. An integer that a float cannot hold is
/// rounded, so the conversion back must give the same integer.
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
