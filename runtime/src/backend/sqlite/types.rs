//! The types that need no driver: how their values are read from SQLite, and bound to it, with the
//! results that sqlx gives.

use std::any::{Any, TypeId};

use super::{handle::Stored, value::Value};

/// A field type that is made of a stored value here. `None` leaves the value to sqlx, which may take
/// it all the same, or say why not.
///
/// A value that is NULL is left to it too where the type is not an `Option`.
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

/// All types that are read, each with the conversion from what it is stored as; and `Option`s of
/// them.
macro_rules! readable {
    ($($field:ty: $stored:ident => $value:expr;)+) => {
        $(impl Readable for $field {
            fn read(stored: Stored<'_>) -> Option<Self> {
                let $stored = $stored(stored)?;
                $value
            }
        })+

        /// Whether a field type is read here.
        pub(super) fn is_readable(field: TypeId) -> bool {
            [$(TypeId::of::<$field>(), TypeId::of::<Option<$field>>(),)+].contains(&field)
        }

        /// Reads a value as a field's type. The comparisons of types are made when it is compiled.
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
    };
}

readable! {
    i64: integer => Some(integer);
    String: text => Some(text.to_owned());
    i32: integer => integer.try_into().ok();
    bool: integer => Some(integer != 0);
    f64: real => Some(real);
    Vec<u8>: bytes => Some(bytes.to_vec());
    i16: integer => integer.try_into().ok();
    i8: integer => integer.try_into().ok();
    u8: integer => integer.try_into().ok();
    u16: integer => integer.try_into().ok();
    u32: integer => integer.try_into().ok();
    u64: integer => integer.try_into().ok();
    f32: real => Some(truncated(real));
}

#[expect(clippy::cast_possible_truncation, reason = "so does sqlx")]
const fn truncated(real: f64) -> f32 {
    real as f32
}

/// A value from the user as sqlx would bind it; `None` for types that only sqlx knows.
pub(super) fn bound(value: &dyn Any) -> Option<Value> {
    macro_rules! bound {
        ($($ty:ty: $known:ident => $bound:expr;)+) => {
            $(if let Some($known) = value.downcast_ref::<$ty>() {
                return Some($bound);
            })+
        };
    }
    bound! {
        i64: n => Value::Integer(*n);
        String: text => Value::Text(text.clone());
        i32: n => Value::Integer((*n).into());
        bool: truth => Value::Integer((*truth).into());
        f64: real => Value::Real(*real);
        Vec<u8>: bytes => Value::Blob(bytes.clone());
        i16: n => Value::Integer((*n).into());
        i8: n => Value::Integer((*n).into());
        u8: n => Value::Integer((*n).into());
        u16: n => Value::Integer((*n).into());
        u32: n => Value::Integer((*n).into());
        f32: real => Value::Real((*real).into());
    }
    None
}
