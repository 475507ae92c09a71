//! The types that are read without the driver, with the same results as sqlx has.

#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "json")]
mod json;
mod plain;
#[cfg(any(feature = "chrono", feature = "time"))]
mod spelling;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;

use std::any::Any;

use super::value::Value;
use crate::backend::stored::Stored;

/// The result of reading a value.
pub(super) enum Read<T> {
    Value(T),
    /// sqlx must report why the value does not fit the type.
    Refused,
    /// The type is unknown here, or sqlx may be able to read the value.
    Unknown,
}

/// Reads a value as a field's type. Once this is inlined, only the branch for that type is left.
#[inline]
pub(super) fn read<T: 'static>(stored: Stored<'_>) -> Read<T> {
    let mut field: Option<T> = None;
    let slot: &mut dyn Any = &mut field;
    let known = plain::read(slot, stored);
    #[cfg(feature = "chrono")]
    let known = known.or_else(|| chrono::read(slot, stored));
    #[cfg(feature = "time")]
    let known = known.or_else(|| time::read(slot, stored));
    #[cfg(feature = "uuid")]
    let known = known.or_else(|| uuid::read(slot, stored));
    match (field, known) {
        (Some(value), _) => Read::Value(value),
        (None, Some(Known { sqlx_reads_more: false })) => Read::Refused,
        (None, _) => Read::Unknown,
    }
}

/// Returns a value from the user as sqlx binds it; `None` if only sqlx knows its type.
pub(super) fn bound(value: &dyn Any) -> Option<Value> {
    let bound = plain::bound(value);
    #[cfg(feature = "chrono")]
    let bound = bound.or_else(|| chrono::bound(value));
    #[cfg(feature = "uuid")]
    let bound = bound.or_else(|| uuid::bound(value));
    bound
}

/// A field's type is one of those that are read here.
struct Known {
    sqlx_reads_more: bool,
}

#[inline]
fn integer(stored: Stored<'_>) -> Option<i64> {
    match stored {
        Stored::Integer(value) => Some(value),
        _ => None,
    }
}

#[inline]
fn real(stored: Stored<'_>) -> Option<f64> {
    match stored {
        Stored::Real(value) => Some(value),
        _ => None,
    }
}

#[inline]
fn text(stored: Stored<'_>) -> Option<&str> {
    match stored {
        Stored::Text(bytes) => str::from_utf8(bytes).ok(),
        _ => None,
    }
}

#[inline]
fn bytes(stored: Stored<'_>) -> Option<&[u8]> {
    match stored {
        Stored::Blob(bytes) | Stored::Text(bytes) => Some(bytes),
        _ => None,
    }
}

/// Lists types that are read here; `Option`s of them are too. Each has the type that sqlx gives it, the
/// storage classes that sqlx reads it from, and a conversion from its stored form.
macro_rules! readable {
    (
        sqlx_reads_more: $more:literal,
        $($field:ty: $info:ident from $($class:ident)|+, $stored:ident => $value:expr;)+
    ) => {
        $(impl $crate::backend::sqlite::readable::Readable for $field {
            #[inline]
            fn read(stored: $crate::backend::stored::Stored<'_>) -> Option<Self> {
                let $stored = $stored(stored)?;
                $value
            }
        }

        $crate::backend::sqlite::values_only::decodes!($field: $info from $($class)|+);)+

        #[inline]
        pub(super) fn read(
            slot: &mut dyn std::any::Any,
            stored: $crate::backend::stored::Stored<'_>,
        ) -> Option<$crate::backend::sqlite::types::Known> {
            use $crate::backend::sqlite::{readable::Readable, types::Known};
            use $crate::backend::stored::Stored;

            $(if let Some(slot) = slot.downcast_mut::<Option<$field>>() {
                *slot = Readable::read(stored);
            } else if let Some(slot) = slot.downcast_mut::<Option<Option<$field>>>() {
                *slot = match stored {
                    Stored::Null => Some(None),
                    stored => <$field as Readable>::read(stored).map(Some),
                };
            } else)+ {
                return None;
            }
            Some(Known { sqlx_reads_more: $more })
        }
    };
}
use readable;

/// Lists types that are bound here, as sqlx binds them.
macro_rules! bindable {
    ($($ty:ty: $value:ident => $bound:expr;)+) => {
        /// Returns a value as sqlx binds it, if it has one of these types.
        pub(super) fn bound(
            value: &dyn std::any::Any,
        ) -> Option<$crate::backend::sqlite::value::Value> {
            $(if let Some($value) = value.downcast_ref::<$ty>() {
                return Some($bound);
            })+
            None
        }
    };
}
use bindable;
