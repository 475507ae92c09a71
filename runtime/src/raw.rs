//! Key values in the database's own form, as they were read and as they are bound back.

use std::fmt;

use crate::backend;

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
