//! UUIDs: 16 bytes, or text if the field's type says so.

use sqlx::types::uuid::{
    Uuid,
    fmt::{Hyphenated, Simple},
};

use super::{bindable, bytes, readable, text};
use crate::backend::sqlite::value::Value;

readable! {
    sqlx_reads_more: false,
    Uuid: Blob from Blob | Text, bytes => Self::from_slice(bytes).ok();
    Hyphenated: Text from Text, text => Uuid::parse_str(text).ok().map(Uuid::hyphenated);
    Simple: Text from Text, text => Uuid::parse_str(text).ok().map(Uuid::simple);
}

bindable! {
    Uuid: uuid => Value::Blob(uuid.as_bytes().to_vec());
    Hyphenated: uuid => Value::Text(uuid.to_string());
    Simple: uuid => Value::Text(uuid.to_string());
}
