//! Positions as text: short URL-safe tokens.
//!
//! A token begins with the version of its format and ends with a checksum, all in base64 without
//! padding. [`cursor`] and [`part`] say what is in between. Whatever a token says, it can only be
//! refused or become the values of positions: no part of it is ever read as SQL, and nothing is
//! allocated beyond its own length.

pub(crate) mod cursor;
mod hash;
pub(crate) mod part;
#[cfg(test)]
mod tests;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

pub(crate) use self::hash::Digest;
use self::hash::hash;
use super::key::Key;
use crate::{
    backend::{bytes::ByteReader, dialect::Direction},
    error::TokenError,
    expr::order::Sort,
    model::{Model, table::Table},
};

/// The first byte of a cursor's token: the version of its format; any other is refused.
const CURSOR: u8 = 2;

/// The first byte of a part's token.
const PART: u8 = 0x81;

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

    /// Writes the tag, and the number of columns with other flags.
    fn write(self, out: &mut Vec<u8>, key: &Key, flags: u8) {
        out.extend(self.hash.to_be_bytes());
        let columns = u8::try_from(key.order.len()).unwrap_or(NAMED - 1);
        let named = if self.named { NAMED } else { 0 };
        out.push(columns | named | flags);
    }

    /// Reads what [`write`](Self::write) wrote. If the table was named at run time, only the
    /// iteration knows whether it is the right one.
    fn read(model: &'static Model, reader: &mut ByteReader<'_>) -> Result<(Self, u8), TokenError> {
        let hash = reader.number()?;
        let head = reader.byte()?;
        let table = Self { hash, named: head & NAMED != 0 };
        if !table.named && table != Self::of(&model.into()) {
            return Err(TokenError::Model(model.name));
        }
        Ok((table, head & !NAMED))
    }
}

/// Adds a checksum, and makes text of the bytes.
fn seal(mut bytes: Vec<u8>) -> String {
    bytes.extend(hash([bytes.as_slice()]).to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns the bytes of a token after its version, if that is the expected one.
fn open(token: &str, version: u8) -> Result<Vec<u8>, TokenError> {
    let mut bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenError::Damaged)?;
    let (content, checksum) = bytes.split_last_chunk::<4>().ok_or(TokenError::Damaged)?;
    if hash([content]).to_be_bytes() != *checksum {
        return Err(TokenError::Damaged);
    }
    let found = *content.first().ok_or(TokenError::Damaged)?;
    let length = content.len();
    if found == version {
        bytes.truncate(length);
        bytes.remove(0);
        return Ok(bytes);
    }
    Err(match found {
        CURSOR | PART => TokenError::Kind,
        other => TokenError::Version(other),
    })
}

/// Finds the column and the direction that were written as a hash.
fn sort_of(model: &'static Model, wanted: u32) -> Result<Sort, TokenError> {
    let mut sorts = (0..model.columns.len()).flat_map(|column| {
        [Direction::Ascending, Direction::Descending].map(|direction| Sort { column, direction })
    });
    let sort = sorts.find(|sort| hash_of_sort(model, *sort) == wanted);
    sort.ok_or(TokenError::Column(model.name))
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
