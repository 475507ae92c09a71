//! Cursors as text: a short URL-safe token.
//!
//! ```text
//! version, hash of the table, number of columns and whether the row itself is included,
//! for each column: hash of its name with its direction, value; checksum
//! ```
//!
//! in base64 without padding. The directions are those of the order in which the first column
//! ascends, since a position is the same in an order and its reverse.
//! A value is a tag, which also tells the database, and its bytes.
//! Whatever a token says, it can only be refused or become the values of a position: no part of it
//! is ever read as SQL, and nothing is allocated beyond its own length.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    backend::value::RawValue,
    expr::order::{Direction, Sort},
    model::Model,
    position::key::Key,
};

/// The version of the format; another one is refused.
const VERSION: u8 = 2;

/// The bit beside the number of columns that includes the row itself.
const INCLUDED: u8 = 0x80;

/// Why a token is not the cursor of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It is not a token at all, or part of it is missing or changed.
    #[error("the cursor token is damaged: it has to be passed on exactly as it was given out")]
    Damaged,
    /// It was made by a version of this crate with another format.
    #[error(
        "the cursor token has format {0}, but this version of sqlx-chunked reads format 2: begin anew"
    )]
    Version(u8),
    /// It was made for another table than that of this model.
    #[error("the cursor token was made for another table than that of `{0}`")]
    Model(&'static str),
    /// It was made for an order by a column that the model does not have.
    #[error("the cursor token was made for an order by a column that `{0}` does not have")]
    Column(&'static str),
    /// It was made on a database whose feature is not enabled.
    #[error("the cursor token was made on a database whose feature of sqlx-chunked is not enabled")]
    Database,
}

/// The text of a position, and of whether the row there is on its far side.
pub(crate) fn write(key: &Key, position: &[RawValue], included: bool) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend(hash_of_table(key.model).to_be_bytes());
    let columns = u8::try_from(key.order.len()).unwrap_or(u8::MAX);
    bytes.push(if included { columns | INCLUDED } else { columns });
    for (sort, value) in forwards(&key.order).zip(position) {
        bytes.extend(hash_of_sort(key.model, sort).to_be_bytes());
        value.write(&mut bytes);
    }
    bytes.extend(hash([bytes.as_slice()]).to_be_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The order, the position and whether the row there is included, of a text.
pub(crate) fn read(
    model: &'static Model,
    token: &str,
) -> Result<(Vec<Sort>, Vec<RawValue>, bool), TokenError> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenError::Damaged)?;
    let (content, checksum) = bytes.split_last_chunk::<4>().ok_or(TokenError::Damaged)?;
    if hash([content]).to_be_bytes() != *checksum {
        return Err(TokenError::Damaged);
    }
    let mut reader = Reader(content);
    let version = reader.byte()?;
    if version != VERSION {
        return Err(TokenError::Version(version));
    }
    if reader.number()? != hash_of_table(model) {
        return Err(TokenError::Model(model.name));
    }
    let mut order = Vec::new();
    let mut position = Vec::new();
    let columns = reader.byte()?;
    for _ in 0..columns & !INCLUDED {
        let wanted = reader.number()?;
        let sort = sorts(model).find(|sort| hash_of_sort(model, *sort) == wanted);
        order.push(sort.ok_or(TokenError::Column(model.name))?);
        position.push(RawValue::read(&mut reader)?);
    }
    match reader.0 {
        [] => Ok((order, position, columns & INCLUDED != 0)),
        _ => Err(TokenError::Damaged),
    }
}

fn sorts(model: &Model) -> impl Iterator<Item = Sort> {
    (0..model.columns.len()).flat_map(|column| {
        [Direction::Ascending, Direction::Descending].map(|direction| Sort { column, direction })
    })
}

/// An order or its reverse, whichever has the first column ascending.
pub(crate) fn forwards(order: &[Sort]) -> impl Iterator<Item = Sort> {
    let turned = order.first().is_some_and(|first| first.direction == Direction::Descending);
    order.iter().map(move |sort| {
        let direction = if turned { sort.direction.reversed() } else { sort.direction };
        Sort { direction, ..*sort }
    })
}

/// The struct's name, its schema and the join are no part of it: they may change as long as the rows
/// stand in the same order.
fn hash_of_table(model: &Model) -> u32 {
    hash([model.table.as_bytes()])
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

/// FNV-1a (<https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>), with a zero byte between
/// parts. It keeps accidents apart; against malice it need not.
fn hash<const N: usize>(parts: [&[u8]; N]) -> u32 {
    let bytes = parts.into_iter().flat_map(|part| part.iter().chain(&[0]));
    bytes.fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// What is left of a token.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn byte(&mut self) -> Result<u8, TokenError> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// A number of 32 bits.
    pub(crate) fn number(&mut self) -> Result<u32, TokenError> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], TokenError> {
        let (first, rest) = self.0.split_first_chunk().ok_or(TokenError::Damaged)?;
        self.0 = rest;
        Ok(*first)
    }

    /// Bytes after their number, as [`write_bytes`] writes them.
    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], TokenError> {
        let mut length = 0_usize;
        loop {
            let byte = self.byte()?;
            length = length
                .checked_mul(0x80)
                .and_then(|length| length.checked_add(usize::from(byte & 0x7f)))
                .ok_or(TokenError::Damaged)?;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let (first, rest) = self.0.split_at_checked(length).ok_or(TokenError::Damaged)?;
        self.0 = rest;
        Ok(first)
    }

    #[cfg(any(feature = "sqlite", feature = "mysql"))]
    pub(crate) fn text(&mut self) -> Result<String, TokenError> {
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_| TokenError::Damaged)
    }
}

/// Writes bytes after their number, seven bits of it at a time.
pub(crate) fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = bytes.len();
    let groups = (length.max(1).ilog2() / 7 + 1) as usize;
    for group in (0..groups).rev() {
        let more = if group > 0 { 0x80 } else { 0 };
        out.push((length >> (7 * group)).to_le_bytes()[0] & 0x7f | more);
    }
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests;
