//! Positions as text: a short URL-safe token.
//!
//! ```text
//! version, hash of the table, number of columns with two flags,
//! for each column: hash of its name with its direction, value; checksum
//! ```
//!
//! in base64 without padding. One flag says whether the row itself is included. The other says
//! whether the table was named at run time; then only the iteration knows if it is the right table.
//! The directions are those of the order in which the first column ascends, since a position is the
//! same in an order and its reverse. A value is a tag, which also names the database, and its
//! bytes. Whatever a token says, it can only be refused or become the values of a position: no part
//! of it is ever read as SQL, and nothing is allocated beyond its own length.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::key::{Key, forwards};
use crate::{
    backend::{bytes::ByteReader, dialect::Direction, value::RawValue},
    error::TokenError,
    expr::order::Sort,
    model::{Model, table::Table},
};

/// The version of the format; any other is refused.
const VERSION: u8 = 2;

/// The bit next to the number of columns that says that the row itself is included.
const INCLUDED: u8 = 0x80;

/// The bit next to the number of columns that says that the table was named at run time.
const NAMED: u8 = 0x40;

/// The part of a token that identifies the table it was made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TableTag {
    hash: u32,
    /// True if the table was named at run time.
    named: bool,
}

impl TableTag {
    /// Returns the tag of a table. The struct's name, its own schema and the join are not part of
    /// it: they may change as long as the rows stand in the same order.
    pub(crate) fn of(table: &Table) -> Self {
        let name = table.name().as_bytes();
        let hash = match table.schema_at_run_time() {
            None => hash([name]),
            Some(schema) => hash([name, schema.as_bytes()]),
        };
        Self { hash, named: table.is_named_at_run_time() }
    }
}

/// The contents of a token.
pub(crate) struct Content {
    pub(crate) table: TableTag,
    pub(crate) order: Vec<Sort>,
    pub(crate) values: Vec<RawValue>,
    pub(crate) included: bool,
}

/// Writes the values of a key as a token.
pub(crate) fn write(key: &Key, table: TableTag, values: &[RawValue], included: bool) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend(table.hash.to_be_bytes());
    let columns = u8::try_from(key.order.len()).unwrap_or(NAMED - 1);
    let included = if included { INCLUDED } else { 0 };
    let named = if table.named { NAMED } else { 0 };
    bytes.push(columns | included | named);
    for (sort, value) in forwards(&key.order).zip(values) {
        bytes.extend(hash_of_sort(key.model(), sort).to_be_bytes());
        value.write(&mut bytes);
    }
    bytes.extend(hash([bytes.as_slice()]).to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a token for a model.
pub(crate) fn read(model: &'static Model, token: &str) -> Result<Content, TokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenError::Damaged)?;
    let (content, checksum) = bytes.split_last_chunk::<4>().ok_or(TokenError::Damaged)?;
    if hash([content]).to_be_bytes() != *checksum {
        return Err(TokenError::Damaged);
    }
    let mut reader = ByteReader::new(content);
    let version = reader.byte()?;
    if version != VERSION {
        return Err(TokenError::Version(version));
    }
    let hash = reader.number()?;
    let head = reader.byte()?;
    let table = TableTag { hash, named: head & NAMED != 0 };
    if !table.named && table != TableTag::of(&model.into()) {
        return Err(TokenError::Model(model.name));
    }
    let mut order = Vec::new();
    let mut values = Vec::new();
    for _ in 0..head & !(INCLUDED | NAMED) {
        let wanted = reader.number()?;
        let sort = sorts(model).find(|sort| hash_of_sort(model, *sort) == wanted);
        order.push(sort.ok_or(TokenError::Column(model.name))?);
        values.push(RawValue::read(&mut reader)?);
    }
    if reader.is_at_end() {
        Ok(Content { table, order, values, included: head & INCLUDED != 0 })
    } else {
        Err(TokenError::Damaged)
    }
}

fn sorts(model: &Model) -> impl Iterator<Item = Sort> {
    (0..model.columns.len()).flat_map(|column| {
        [Direction::Ascending, Direction::Descending].map(|direction| Sort { column, direction })
    })
}

fn hash_of_sort(model: &Model, sort: Sort) -> u32 {
    let direction: &[u8] = match sort.direction {
        Direction::Ascending => b"asc",
        Direction::Descending => b"desc",
    };
    let name = &model.columns[sort.column];
    let column = name.column.as_bytes();
    if name.joined { hash([b"joined", column, direction]) } else { hash([column, direction]) }
}

/// Computes an FNV-1a hash (<https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>), with a
/// zero byte between parts. It guards against accidents; it need not guard against malice.
fn hash<const N: usize>(parts: [&[u8]; N]) -> u32 {
    let bytes = parts.into_iter().flat_map(|part| part.iter().chain(&[0]));
    bytes.fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests;
