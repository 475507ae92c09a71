//! Values as they are stored, to decode them without a driver.

use std::any::Any;

/// A value in a row, as it is stored: by its storage class on SQLite.
#[derive(Clone, Copy, Debug)]
pub enum Stored<'r> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'r [u8]),
    Blob(&'r [u8]),
}

/// Reads a value into an `Option` of a type that is generic over the database, and returns whether
/// that succeeded.
pub(crate) type ReadGeneric = fn(Stored<'_>, &mut dyn Any) -> bool;

/// How the type of a field can be decoded without the driver.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field {
    /// True if the type has room for NULL.
    pub nullable: bool,
    /// Set if the type is generic over the database.
    pub read_generic: Option<ReadGeneric>,
}
