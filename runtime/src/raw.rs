//! Key values in the database's own form, as they were read and as they are bound back.

use std::{fmt, num::NonZeroU8};

use crate::{
    backend,
    token::{Reader, TokenError},
};

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
    Sqlite(backend::sqlite::Value),
    /// A value read from PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(backend::postgres::Value),
    /// A value read from MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    MySql(backend::mysql::Value),
}

/// The tags that values begin with in a token: the database's, plus one of its own.
mod tag {
    pub(super) const NULL: u8 = 0;
    pub(super) const SQLITE: u8 = 0x10;
    pub(super) const POSTGRES: u8 = 0x20;
    pub(super) const MYSQL: u8 = 0x30;
}

impl RawValue {
    pub(crate) const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Appends the value to a token.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(tag::NULL),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(value) => value.write(tag::SQLITE, out),
            #[cfg(feature = "postgres")]
            Self::Postgres(value) => value.write(tag::POSTGRES, out),
            #[cfg(feature = "mysql")]
            Self::MySql(value) => value.write(tag::MYSQL, out),
        }
    }

    /// Appends bytes that are the same for values which the database surely calls equal. Where it
    /// calls values equal by nothing else, it gives the kind of values for which that holds.
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
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, TokenError> {
        let tag = reader.byte()?;
        let (database, kind) = (tag & 0xf0, tag & 0x0f);
        match database {
            tag::NULL if kind == 0 => Ok(Self::Null),
            #[cfg(feature = "sqlite")]
            tag::SQLITE => backend::sqlite::Value::read(kind, reader).map(Self::Sqlite),
            #[cfg(feature = "postgres")]
            tag::POSTGRES => backend::postgres::Value::read(kind, reader).map(Self::Postgres),
            #[cfg(feature = "mysql")]
            tag::MYSQL => backend::mysql::Value::read(kind, reader).map(Self::MySql),
            #[allow(unreachable_patterns)] // where all are enabled
            tag::SQLITE | tag::POSTGRES | tag::MYSQL => Err(TokenError::Database),
            _ => Err(TokenError::Damaged),
        }
    }
}

impl fmt::Display for RawValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(value) => value.fmt(f),
            #[cfg(feature = "postgres")]
            Self::Postgres(value) => value.fmt(f),
            #[cfg(feature = "mysql")]
            Self::MySql(value) => value.fmt(f),
        }
    }
}
