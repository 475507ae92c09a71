//! Integers, floats, texts and bytes.

use super::{bindable, bytes, integer, readable, real, text};
use crate::backend::sqlite::value::Value;

readable! {
    sqlx_reads_more: false,
    i64: Integer from Integer, integer => Some(integer);
    String: Text from Text, text => Some(text.to_owned());
    i32: Int4 from Integer, integer => integer.try_into().ok();
    bool: Bool from Integer, integer => Some(integer != 0);
    f64: Real from Real, real => Some(real);
    Vec<u8>: Blob from Blob | Text, bytes => Some(bytes.to_vec());
    i16: Int4 from Integer, integer => integer.try_into().ok();
    i8: Int4 from Integer, integer => integer.try_into().ok();
    u8: Int4 from Integer, integer => integer.try_into().ok();
    u16: Int4 from Integer, integer => integer.try_into().ok();
    u32: Integer from Integer, integer => integer.try_into().ok();
    u64: Integer from Integer, integer => integer.try_into().ok();
    f32: Real from Real, real => Some(truncated(real));
}

bindable! {
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

#[expect(clippy::cast_possible_truncation, reason = "so does sqlx")]
const fn truncated(real: f64) -> f32 {
    real as f32
}
