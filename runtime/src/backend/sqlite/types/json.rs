//! JSON, stored as text.

use serde::Deserialize;
use sqlx::{Decode, Type, error::BoxDynError, types::Json};

use crate::backend::{
    sqlite::values_only::{Class, StoredRef, ValuesOnly},
    stored::Stored,
};

impl<T> Type<ValuesOnly> for Json<T> {
    fn type_info() -> Class {
        Class::Text
    }
}

impl<'r, T: Deserialize<'r> + 'r> Decode<'r, ValuesOnly> for Json<T> {
    fn decode(value: StoredRef<'r>) -> Result<Self, BoxDynError> {
        value.read_by(|stored| match stored {
            Stored::Text(bytes) => Self::decode_from_bytes(bytes).ok(),
            _ => None,
        })
    }
}
