//! A database of which only values exist, to decode types that are generic over the database.
//!
//! `#[sqlx(transparent)]` structs, enums with a `repr`, `Json<T>`, and everything else that
//! implements `Decode<'r, DB>` for any `DB` decode a stored value of this database as they decode
//! one of SQLite's, because the types that they consist of do, see [`Readable`](super::readable::Readable).

mod never;

use std::{any::Any, borrow::Cow, cell::Cell, fmt};

use sqlx::{Database, Decode, Type, TypeInfo, Value, ValueRef, error::BoxDynError};

use self::never::{Never, NoArguments, OfNothing};
use super::handle::Failed;
use crate::backend::stored::Stored;

/// Nothing can be sent to this database.
#[derive(Debug)]
pub enum ValuesOnly {}

impl Database for ValuesOnly {
    type Connection = Never<Self>;
    type TransactionManager = Never<Self>;
    type Row = Never<Self>;
    type QueryResult = ();
    type Column = Never<Self>;
    type TypeInfo = Class;
    type Value = Owned;
    type ValueRef<'r> = StoredRef<'r>;
    type Arguments = NoArguments<Self>;
    type ArgumentBuffer = ();
    type Statement = Never<Self>;

    const NAME: &'static str = <sqlx::Sqlite as Database>::NAME;
    const URL_SCHEMES: &'static [&'static str] = &[];
}

impl OfNothing for ValuesOnly {}

/// The [`ReadGeneric`](crate::backend::stored::ReadGeneric) of a type.
pub(crate) fn read<T>(stored: Stored<'_>, slot: &mut dyn Any) -> bool
where
    T: for<'r> Decode<'r, ValuesOnly> + Type<ValuesOnly> + 'static,
{
    let class = Class::of(stored);
    let refused = Cell::new(false);
    if !class.is_null() && !T::compatible(&class) {
        return false;
    }
    let value = T::decode(StoredRef { stored, refused: &refused }).ok();
    // A type may answer a refusal in its own way, and sqlx may not have refused.
    match (slot.downcast_mut::<Option<T>>(), value) {
        (Some(slot), Some(value)) if !refused.get() => {
            *slot = Some(value);
            true
        }
        _ => false,
    }
}

/// A type as sqlx tells SQLite's apart. Values are of the first five, the storage classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Null,
    Integer,
    Real,
    Text,
    Blob,
    Int4,
    Bool,
    Date,
    Time,
    Datetime,
}

impl Class {
    const fn of(stored: Stored<'_>) -> Self {
        match stored {
            Stored::Null => Self::Null,
            Stored::Integer(_) => Self::Integer,
            Stored::Real(_) => Self::Real,
            Stored::Text(_) => Self::Text,
            Stored::Blob(_) => Self::Blob,
        }
    }
}

impl TypeInfo for Class {
    fn is_null(&self) -> bool {
        *self == Self::Null
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Integer | Self::Int4 => "INTEGER",
            Self::Real => "REAL",
            Self::Text => "TEXT",
            Self::Blob => "BLOB",
            Self::Bool => "BOOLEAN",
            Self::Date => "DATE",
            Self::Time => "TIME",
            Self::Datetime => "DATETIME",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A stored value while it is decoded.
pub struct StoredRef<'r> {
    stored: Stored<'r>,
    /// Set if a part of the value was not read.
    refused: &'r Cell<bool>,
}

impl<'r> StoredRef<'r> {
    /// Reads the value as one of the types that all others consist of.
    #[inline]
    pub(super) fn read_by<T>(
        self,
        read: impl FnOnce(Stored<'r>) -> Option<T>,
    ) -> Result<T, BoxDynError> {
        read(self.stored).ok_or_else(|| {
            self.refused.set(true);
            Failed("the value does not fit the type").into()
        })
    }
}

impl<'r> ValueRef<'r> for StoredRef<'r> {
    type Database = ValuesOnly;

    /// Leaves the value to sqlx: nobody could see later whether its parts were read.
    fn to_owned(&self) -> Owned {
        self.refused.set(true);
        Owned { class: Class::of(self.stored), refused: Cell::new(true) }
    }

    fn type_info(&self) -> Cow<'_, Class> {
        Cow::Owned(Class::of(self.stored))
    }

    fn is_null(&self) -> bool {
        Class::of(self.stored).is_null()
    }
}

/// What is left of a value that a type's decoding took into its possession.
pub struct Owned {
    class: Class,
    refused: Cell<bool>,
}

impl Value for Owned {
    type Database = ValuesOnly;

    fn as_ref(&self) -> StoredRef<'_> {
        StoredRef { stored: Stored::Null, refused: &self.refused }
    }

    fn type_info(&self) -> Cow<'_, Class> {
        Cow::Borrowed(&self.class)
    }

    fn is_null(&self) -> bool {
        self.class.is_null()
    }
}

/// Decodes a type from the values that `Readable` reads. It has a type that sqlx gives it, and the
/// storage classes that sqlx reads it from.
macro_rules! decodes {
    ($field:ty: $info:ident from $($class:ident)|+) => {
        impl sqlx::Type<$crate::backend::sqlite::values_only::ValuesOnly> for $field {
            fn type_info() -> $crate::backend::sqlite::values_only::Class {
                $crate::backend::sqlite::values_only::Class::$info
            }

            fn compatible(class: &$crate::backend::sqlite::values_only::Class) -> bool {
                use $crate::backend::sqlite::values_only::Class;

                matches!(class, $(Class::$class)|+)
            }
        }

        impl<'r> sqlx::Decode<'r, $crate::backend::sqlite::values_only::ValuesOnly> for $field {
            fn decode(
                value: $crate::backend::sqlite::values_only::StoredRef<'r>,
            ) -> Result<Self, sqlx::error::BoxDynError> {
                value.read_by(<Self as $crate::backend::sqlite::readable::Readable>::read)
            }
        }
    };
}
pub(super) use decodes;

impl Type<ValuesOnly> for str {
    fn type_info() -> Class {
        Class::Text
    }
}

impl<'r> Decode<'r, ValuesOnly> for &'r str {
    fn decode(value: StoredRef<'r>) -> Result<Self, BoxDynError> {
        value.read_by(|stored| match stored {
            Stored::Text(bytes) => str::from_utf8(bytes).ok(),
            _ => None,
        })
    }
}

impl Type<ValuesOnly> for [u8] {
    fn type_info() -> Class {
        Class::Blob
    }

    fn compatible(class: &Class) -> bool {
        matches!(class, Class::Blob | Class::Text)
    }
}

impl<'r> Decode<'r, ValuesOnly> for &'r [u8] {
    fn decode(value: StoredRef<'r>) -> Result<Self, BoxDynError> {
        value.read_by(|stored| match stored {
            Stored::Blob(bytes) | Stored::Text(bytes) => Some(bytes),
            _ => None,
        })
    }
}
