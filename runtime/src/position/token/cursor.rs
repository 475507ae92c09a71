//! The token of a cursor.
//!
//! ```text
//! version, hash of the table, number of columns with two flags,
//! for each column: hash of its name with its direction, value; checksum
//! ```
//!
//! One flag says whether the row itself is included, the other whether the table was named at run
//! time. The directions are those of the order in which the first column ascends, since a position is
//! the same in an order and its reverse. A value is a tag, which also names the database, and its bytes.

use super::{CURSOR, TableTag, hash_of_sort, open, seal, sort_of};
use crate::{
    backend::{bytes::ByteReader, value::RawValue},
    error::TokenError,
    expr::order::Sort,
    model::Model,
    position::key::{Key, forwards},
};

/// The bit next to the number of columns that says that the row itself is included.
const INCLUDED: u8 = 0x80;

/// The contents of a token.
pub(crate) struct Content {
    pub(crate) table: TableTag,
    pub(crate) order: Vec<Sort>,
    pub(crate) values: Vec<RawValue>,
    pub(crate) included: bool,
}

/// Writes the values of a key as a token.
pub(crate) fn write(key: &Key, table: TableTag, values: &[RawValue], included: bool) -> String {
    let mut bytes = vec![CURSOR];
    table.write(&mut bytes, key, if included { INCLUDED } else { 0 });
    for (sort, value) in forwards(&key.order).zip(values) {
        bytes.extend(hash_of_sort(key.model(), sort).to_be_bytes());
        value.write(&mut bytes);
    }
    seal(bytes)
}

/// Reads a token for a model.
pub(crate) fn read(model: &'static Model, token: &str) -> Result<Content, TokenError> {
    let bytes = open(token, CURSOR)?;
    let mut reader = ByteReader::new(&bytes);
    let (table, head) = TableTag::read(model, &mut reader)?;
    let mut order = Vec::new();
    let mut values = Vec::new();
    for _ in 0..head & !INCLUDED {
        order.push(sort_of(model, reader.number()?)?);
        values.push(RawValue::read(&mut reader)?);
    }
    if reader.is_at_end() {
        Ok(Content { table, order, values, included: head & INCLUDED != 0 })
    } else {
        Err(TokenError::Damaged)
    }
}
