//! Key values in the database's own form, in which they are read and bound back.

use std::{fmt, num::NonZeroU8};

use super::bytes::ByteReader;
#[cfg(feature = "mysql")]
use super::mysql::value::Value as MySqlValue;
#[cfg(feature = "postgres")]
use super::postgres::value::Value as PostgresValue;
#[cfg(feature = "sqlite")]
use super::sqlite::value::Value as SqliteValue;
use crate::error::TokenError;

/// One value of a key, exactly as the driver delivered it.
///
/// It is never decoded to the field's type and encoded again: the spelling could change, and with
/// it the place in the order.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RawValue {
    /// NULL, on any database.
    Null,
    /// A value read from SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteValue),
    /// A value read from SQLite that must be compared with its column's bare value, without the
    /// conversions that the column's declared type asks for.
    #[cfg(feature = "sqlite")]
    SqliteBare(SqliteValue),
    /// A value read from PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(PostgresValue),
    /// A value read from MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    MySql(MySqlValue),
}

/// The tags that values begin with in a token: the database's tag plus that of the kind.
mod tag {
    pub(super) const NULL: u8 = 0;
    pub(super) const SQLITE: u8 = 0x10;
    pub(super) const SQLITE_BARE: u8 = 0x40;
    pub(super) const POSTGRES: u8 = 0x20;
    pub(super) const MYSQL: u8 = 0x30;
}

impl RawValue {
    pub(crate) const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Returns whether the value must be compared with its column's bare value.
    #[allow(clippy::missing_const_for_fn, clippy::unused_self, reason = "without SQLite alone")]
    pub(crate) fn is_bare(&self) -> bool {
        #[cfg(feature = "sqlite")]
        if let Self::SqliteBare(_) = self {
            return true;
        }
        false
    }

    /// Returns whether the database might sort this value as equal to another but compare the two
    /// as different, because sorting looks only at the beginning of each.
    #[cfg_attr(not(feature = "mysql"), expect(unused_variables, reason = "only MySQL cuts"))]
    pub(crate) fn may_be_cut_short(&self, other: &Self, sorted_bytes: usize) -> bool {
        match (self, other) {
            #[cfg(feature = "mysql")]
            (Self::MySql(this), Self::MySql(other)) => this.may_be_cut_short(other, sorted_bytes),
            _ => false,
        }
    }

    /// Returns whether a position with this value can be sought among values like `other`. The
    /// column's type may have changed since the cursor was taken.
    pub(crate) fn fits(&self, other: &Self) -> bool {
        match (self, other) {
            #[cfg(feature = "postgres")]
            (Self::Postgres(this), Self::Postgres(other)) => this.fits(other),
            #[cfg(feature = "mysql")]
            (Self::MySql(this), Self::MySql(other)) => this.fits(other),
            // On SQLite, every value has its own type.
            _ => true,
        }
    }

    /// Returns whether only values with the same bytes are equal to this one.
    pub(crate) fn is_its_bytes(&self) -> bool {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(value) => value.is_its_bytes(),
            #[cfg(feature = "mysql")]
            Self::MySql(_) => false,
            other => other.has_one_order(),
        }
    }

    /// Returns whether its type surely sorts as it compares, whatever the collation of its column.
    pub(crate) fn has_one_order(&self) -> bool {
        match self {
            Self::Null => true,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(value) => !matches!(value, SqliteValue::Text(_)),
            #[cfg(feature = "sqlite")]
            Self::SqliteBare(_) => false,
            #[cfg(feature = "postgres")]
            Self::Postgres(value) => value.has_one_order(),
            #[cfg(feature = "mysql")]
            Self::MySql(value) => value.has_one_order(),
        }
    }

    /// Appends the value to a token.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(tag::NULL),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(value) => value.write(tag::SQLITE, out),
            #[cfg(feature = "sqlite")]
            Self::SqliteBare(value) => value.write(tag::SQLITE_BARE, out),
            #[cfg(feature = "postgres")]
            Self::Postgres(value) => value.write(tag::POSTGRES, out),
            #[cfg(feature = "mysql")]
            Self::MySql(value) => value.write(tag::MYSQL, out),
        }
    }

    /// Appends bytes that are the same only for values that the database surely calls equal. If it
    /// calls no other values of the same kind equal, returns that kind.
    pub(crate) fn identify(&self, out: &mut Vec<u8>) -> Option<NonZeroU8> {
        match self {
            #[cfg(feature = "mysql")]
            Self::MySql(value) => value.identify(tag::MYSQL, out),
            value => {
                value.write(out);
                None
            }
        }
    }

    /// Takes a value from a token.
    pub(crate) fn read(reader: &mut ByteReader<'_>) -> Result<Self, TokenError> {
        let tag = reader.byte()?;
        let (database, kind) = (tag & 0xf0, tag & 0x0f);
        match database {
            tag::NULL if kind == 0 => Ok(Self::Null),
            #[cfg(feature = "sqlite")]
            tag::SQLITE => SqliteValue::read(kind, reader).map(Self::Sqlite),
            #[cfg(feature = "sqlite")]
            tag::SQLITE_BARE => SqliteValue::read(kind, reader).map(Self::SqliteBare),
            #[cfg(feature = "postgres")]
            tag::POSTGRES => PostgresValue::read(kind, reader).map(Self::Postgres),
            #[cfg(feature = "mysql")]
            tag::MYSQL => MySqlValue::read(kind, reader).map(Self::MySql),
            #[allow(unreachable_patterns, reason = "if all features are enabled")]
            tag::SQLITE | tag::SQLITE_BARE | tag::POSTGRES | tag::MYSQL => {
                Err(TokenError::Database)
            }
            _ => Err(TokenError::Damaged),
        }
    }
}

impl fmt::Display for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(value) | Self::SqliteBare(value) => value.fmt(f),
            #[cfg(feature = "postgres")]
            Self::Postgres(value) => value.fmt(f),
            #[cfg(feature = "mysql")]
            Self::MySql(value) => value.fmt(f),
        }
    }
}
