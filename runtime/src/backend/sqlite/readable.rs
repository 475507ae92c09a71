//! Types whose stored values are read without sqlx.

use crate::backend::stored::Stored;

/// A field type that is read here from a stored value.
///
/// NULL is left to sqlx if the type is not an `Option`.
pub(super) trait Readable: Sized {
    fn read(stored: Stored<'_>) -> Option<Self>;
}
