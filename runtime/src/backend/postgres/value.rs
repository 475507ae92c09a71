//! Values read from PostgreSQL.

use std::fmt;

use smallvec::SmallVec;
use sqlx::{
    Encode, Postgres, Type, ValueRef as _,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueFormat, PgValueRef, types::Oid},
};

use crate::{
    backend::bytes::{ByteReader, Hex, write_bytes},
    error::TokenError,
};

/// A value read from a row: its type, and its bytes in the binary format of that type.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    pub(crate) oid: u32,
    /// Stored in place for most types, so that the key of a row costs no allocation.
    pub(crate) bytes: SmallVec<[u8; 16]>,
}

impl Value {
    pub(super) fn of(value: &PgValueRef<'_>) -> Result<Self, BoxDynError> {
        if value.format() != PgValueFormat::Binary {
            return Err("the server sent a key in text format".into());
        }
        let oid = value.type_info().oid().ok_or("the server sent a key without a type")?;
        let bytes = SmallVec::from_slice(value.as_bytes()?);
        Ok(Self { oid: oid.0, bytes })
    }

    pub(super) const fn type_info(&self) -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(self.oid))
    }

    /// See [`RawValue::fits`].
    pub(crate) const fn fits(&self, other: &Self) -> bool {
        self.fits_type(other.oid)
    }

    pub(super) const fn fits_type(&self, oid: u32) -> bool {
        match (self.oid, oid) {
            // int8, int2, int4: compared as numbers; text, varchar: as text
            (20 | 21 | 23, 20 | 21 | 23) | (25 | 1043, 25 | 1043) => true,
            (this, other) => this == other,
        }
    }

    /// See [`RawValue::is_its_bytes`]. A numeric can spell one number in several ways.
    pub(crate) const fn is_its_bytes(&self) -> bool {
        self.has_one_order() && self.oid != 1700
    }

    /// See [`RawValue::has_one_order`].
    pub(crate) const fn has_one_order(&self) -> bool {
        // bool, bytea, "char", int8, int2, int4, oid, date, time, timestamp, timestamptz, numeric,
        // uuid
        matches!(
            self.oid,
            16 | 17 | 18 | 20 | 21 | 23 | 26 | 1082 | 1083 | 1114 | 1184 | 1700 | 2950
        )
    }

    /// Appends the value to a token.
    pub(crate) fn write(&self, tag: u8, out: &mut Vec<u8>) {
        out.push(tag);
        out.extend(self.oid.to_be_bytes());
        write_bytes(out, &self.bytes);
    }

    /// Takes a value from a token.
    pub(crate) fn read(kind: u8, reader: &mut ByteReader<'_>) -> Result<Self, TokenError> {
        match kind {
            0 => Ok(Self { oid: reader.number()?, bytes: SmallVec::from_slice(reader.bytes()?) }),
            _ => Err(TokenError::Damaged),
        }
    }
}

impl Type<Postgres> for Value {
    fn type_info() -> PgTypeInfo {
        UNSPECIFIED
    }
}

impl Encode<'_, Postgres> for Value {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(self.type_info())
    }
}

/// The type of a parameter, left for the server to find out.
pub(super) const UNSPECIFIED: PgTypeInfo = PgTypeInfo::with_oid(Oid(0));

/// The value for messages: numbers and text as they are, anything else as bytes and a type.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.oid, str::from_utf8(&self.bytes)) {
            // int8, int2, int4
            (20 | 21 | 23, _) => {
                // The first byte has the sign; the others are shifted in after it.
                let first = self.bytes.first();
                let sign = first.map_or(0, |first| i64::from(first.cast_signed() >> 7));
                write!(f, "{}", self.bytes.iter().fold(sign, |n, byte| n << 8 | i64::from(*byte)))
            }
            // name, text, bpchar, varchar, and types of extensions and users, most of which are
            // text: citext, enums
            (19 | 25 | 1042 | 1043 | 16384.., Ok(text)) if !text.contains(char::is_control) => {
                write!(f, "'{}'", text.replace('\'', "''"))
            }
            (oid, _) => write!(f, "{} of type {oid}", Hex(&self.bytes)),
        }
    }
}
