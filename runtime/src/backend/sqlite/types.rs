//! The types that need no driver: reads and binds their values with the same results as sqlx.

use std::any::{Any, TypeId};

use super::{handle::Stored, value::Value};

/// A field type that is read here from a stored value. `None` leaves the value to sqlx, which may
/// still accept it, or say why not.
///
/// NULL is also left to sqlx if the type is not an `Option`.
trait Readable: Sized {
    fn read(stored: Stored<'_>) -> Option<Self>;
}

fn integer(stored: Stored<'_>) -> Option<i64> {
    match stored {
        Stored::Integer(value) => Some(value),
        _ => None,
    }
}

fn real(stored: Stored<'_>) -> Option<f64> {
    match stored {
        Stored::Real(value) => Some(value),
        _ => None,
    }
}

fn text(stored: Stored<'_>) -> Option<&str> {
    match stored {
        Stored::Text(bytes) => str::from_utf8(bytes).ok(),
        _ => None,
    }
}

fn bytes(stored: Stored<'_>) -> Option<&[u8]> {
    match stored {
        Stored::Blob(bytes) | Stored::Text(bytes) => Some(bytes),
        _ => None,
    }
}

/// All types that need no driver, and `Option`s of them. Each has a conversion from its stored
/// form, and one to its bound form if sqlx binds it.
macro_rules! types {
    ($($field:ty: $stored:ident => $value:expr $(, $known:ident => $bound:expr)?;)+) => {
        $(impl Readable for $field {
            fn read(stored: Stored<'_>) -> Option<Self> {
                let $stored = $stored(stored)?;
                $value
            }
        })+

        /// Returns whether a field type is read here.
        pub(super) fn is_readable(field: TypeId) -> bool {
            [$(TypeId::of::<$field>(), TypeId::of::<Option<$field>>(),)+].contains(&field)
        }

        /// Reads a value as a field's type. The types are compared at compile time.
        pub(super) fn read<T: 'static>(stored: Stored<'_>) -> Option<T> {
            let mut field: Option<T> = None;
            let slot: &mut dyn Any = &mut field;
            $(if let Some(slot) = slot.downcast_mut::<Option<$field>>() {
                *slot = <$field>::read(stored);
            } else if let Some(slot) = slot.downcast_mut::<Option<Option<$field>>>() {
                *slot = match stored {
                    Stored::Null => Some(None),
                    stored => <$field>::read(stored).map(Some),
                };
            } else)+ {}
            field
        }

        /// Returns a value from the user as sqlx binds it; `None` if only sqlx knows its type.
        pub(super) fn bound(value: &dyn Any) -> Option<Value> {
            $($(if let Some($known) = value.downcast_ref::<$field>() {
                return Some($bound);
            })?)+
            None
        }
    };
}

types! {
    i64: integer => Some(integer), n => Value::Integer(*n);
    String: text => Some(text.to_owned()), text => Value::Text(text.clone());
    i32: integer => integer.try_into().ok(), n => Value::Integer((*n).into());
    bool: integer => Some(integer != 0), truth => Value::Integer((*truth).into());
    f64: real => Some(real), real => Value::Real(*real);
    Vec<u8>: bytes => Some(bytes.to_vec()), bytes => Value::Blob(bytes.clone());
    i16: integer => integer.try_into().ok(), n => Value::Integer((*n).into());
    i8: integer => integer.try_into().ok(), n => Value::Integer((*n).into());
    u8: integer => integer.try_into().ok(), n => Value::Integer((*n).into());
    u16: integer => integer.try_into().ok(), n => Value::Integer((*n).into());
    u32: integer => integer.try_into().ok(), n => Value::Integer((*n).into());
    u64: integer => integer.try_into().ok();
    f32: real => Some(truncated(real)), real => Value::Real((*real).into());
}

#[expect(clippy::cast_possible_truncation, reason = "so does sqlx")]
const fn truncated(real: f64) -> f32 {
    real as f32
}
