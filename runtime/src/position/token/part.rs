//! The token of a part.
//!
//! ```text
//! version, hash of the table, number of columns with a flag, hash of each column with its direction,
//! flags of the edges, index, number of parts, number of rows, digest of the filters,
//! for each edge that there is: its values; checksum
//! ```

use super::{PART, TableTag, hash_of_sort, open, seal, sort_of};
use crate::{
    backend::{bytes::ByteReader, value::RawValue},
    error::TokenError,
    model::Model,
    position::{
        key::Key,
        share::{Edge, Share},
    },
};

/// The flags of the edges: there is one, and its row belongs to the part.
mod flag {
    pub(super) const FROM: u8 = 1;
    pub(super) const FROM_INCLUDED: u8 = 2;
    pub(super) const UP_TO: u8 = 4;
    pub(super) const UP_TO_INCLUDED: u8 = 8;
    pub(super) const ALL: u8 = 15;
}

/// Writes a part as a token.
pub(crate) fn write(share: &Share) -> String {
    let Share { key, table, from, up_to, .. } = share;
    let mut bytes = vec![PART];
    table.write(&mut bytes, key, 0);
    for sort in &*key.order {
        bytes.extend(hash_of_sort(key.model(), *sort).to_be_bytes());
    }
    let flags = |edge: &Option<Edge>, there, included| match edge {
        None => 0,
        Some(Edge { included: false, .. }) => there,
        Some(Edge { included: true, .. }) => there | included,
    };
    bytes.push(
        flags(from, flag::FROM, flag::FROM_INCLUDED)
            | flags(up_to, flag::UP_TO, flag::UP_TO_INCLUDED),
    );
    bytes.extend(share.index.to_be_bytes());
    bytes.extend(share.count.to_be_bytes());
    bytes.extend(share.rows.to_be_bytes());
    bytes.extend(share.filters.to_be_bytes());
    for edge in [from, up_to].into_iter().flatten() {
        edge.key.iter().for_each(|value| value.write(&mut bytes));
    }
    seal(bytes)
}

/// Reads the token of a part for a model.
pub(crate) fn read(model: &'static Model, token: &str) -> Result<Share, TokenError> {
    let bytes = open(token, PART)?;
    let mut reader = ByteReader::new(&bytes);
    let (table, columns) = TableTag::read(model, &mut reader)?;
    let mut order = Vec::new();
    for _ in 0..columns {
        order.push(sort_of(model, reader.number()?)?);
    }
    let flags = reader.byte()?;
    let (index, count) = (reader.number()?, reader.number()?);
    let mut long = || reader.array().map(u64::from_be_bytes);
    let (rows, filters) = (long()?, long()?);
    if flags & !flag::ALL != 0 || index >= count {
        return Err(TokenError::Damaged);
    }
    let mut edge = |there, included| -> Result<Option<Edge>, TokenError> {
        if flags & there == 0 {
            return if flags & included == 0 { Ok(None) } else { Err(TokenError::Damaged) };
        }
        let values = order.iter().map(|_| RawValue::read(&mut reader));
        let key = values.collect::<Result<_, _>>()?;
        Ok(Some(Edge { key, included: flags & included != 0 }))
    };
    let from = edge(flag::FROM, flag::FROM_INCLUDED)?;
    let up_to = edge(flag::UP_TO, flag::UP_TO_INCLUDED)?;
    let key = Key::new(model, order.clone());
    // Columns after a unique one were never written.
    if !reader.is_at_end() || key.order.len() != order.len() {
        return Err(TokenError::Damaged);
    }
    Ok(Share { key, table, from, up_to, index, count, rows, filters })
}
