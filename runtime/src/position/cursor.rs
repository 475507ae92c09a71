//! A position that a program can keep.

use std::{fmt, marker::PhantomData, str::FromStr};

use crate::{
    backend::{Backend, FOREIGN, value::RawValue},
    error::Error,
    model::Chunked,
    position::{
        key::Key,
        token::{self, TokenError},
    },
};

/// A place in an order of the model `M`: after the row that was handed out last.
///
/// It holds the order and the exact key values of that row, as the database delivered them. Pass
/// it to [`after`](crate::Iteration::after) on an iteration in the same order, or its reverse, to
/// continue after that row; the batch size, limit and filters may be others.
///
/// # As a token
///
/// A token names the table, the columns of the order with their directions, and the values. The
/// struct may be renamed, get other fields, another schema or a join, and its columns another type
/// that sorts alike (`INT` to `BIGINT`): tokens stay valid. If the table, a column of the order or its
/// collation is another one, they are refused.
///
/// # Types of your own on PostgreSQL
///
/// There a value names its type by a number. That of a built-in type, or of a domain over one, is
/// the same in every database; that of an enum or of an extension's type, such as `citext`, is
/// given to it when it is created. A cursor whose key has such a type ends with its database: in
/// one that was restored from a dump the server refuses it, or takes the number for another type.
/// Begin anew there, or order by columns of built-in types.
pub struct Cursor<M> {
    pub(crate) key: Key,
    pub(crate) position: Vec<RawValue>,
    /// Whether the row at the position is itself among those that are gone on with.
    pub(crate) included: bool,
    model: PhantomData<fn() -> M>,
}

impl<M> Cursor<M> {
    fn of(key: Key, position: Vec<RawValue>) -> Self {
        Self { key, position, included: false, model: PhantomData }
    }
}

impl<M: Chunked> Cursor<M> {
    pub(crate) fn new(key: Key, position: Vec<RawValue>) -> Self {
        Self::of(key, position)
    }

    /// The same place, from which the row there is gone on with.
    pub(crate) fn including(self) -> Self {
        Self { included: true, ..self }
    }

    /// Checks that the cursor was taken in this order or its reverse, on the same kind of database.
    pub(crate) fn check<DB: Backend>(&self, key: &Key) -> Result<(), Error> {
        let reason = if !token::forwards(&self.key.order).eq(token::forwards(&key.order)) {
            "it was taken in another order; give the iteration the order that the cursor has"
        } else if !self.fits(key) {
            "its values are not those of the order's columns"
        } else if !self.position.iter().all(|value| value.is_null() || DB::owns(value)) {
            FOREIGN
        } else {
            return Ok(());
        };
        Err(Error::Cursor { model: key.model.name, reason })
    }
}

/// The cursor as a short token, fit for a URL.
impl<M> fmt::Display for Cursor<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&token::write(&self.key, &self.position, self.included))
    }
}

/// The cursor of a token.
///
/// # Errors
///
/// A token that is damaged, or was made for another model or by a version with another format, is
/// a [`TokenError`]. One that was made for another order is refused when it is used.
impl<M: Chunked> FromStr for Cursor<M> {
    type Err = TokenError;

    fn from_str(token: &str) -> Result<Self, TokenError> {
        let (order, position, included) = token::read(M::MODEL, token)?;
        Ok(Self { included, ..Self::new(Key::new(M::MODEL, order), position) })
    }
}

/// A cursor is its token.
#[cfg(feature = "serde")]
impl<M> serde::Serialize for Cursor<M> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A cursor is its token.
#[cfg(feature = "serde")]
impl<'de, M: Chunked> serde::Deserialize<'de> for Cursor<M> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let token = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
        token.parse().map_err(serde::de::Error::custom)
    }
}

impl<M> Cursor<M> {
    /// Whether every column has a value, and NULL only where it may be.
    fn fits(&self, key: &Key) -> bool {
        self.position.len() == key.order.len()
            && key
                .order
                .iter()
                .zip(&self.position)
                .all(|(sort, value)| key.is_nullable(sort) || !value.is_null())
    }
}

impl<M> Clone for Cursor<M> {
    fn clone(&self) -> Self {
        let Self { key, position, included, .. } = self;
        Self { included: *included, ..Self::of(key.clone(), position.clone()) }
    }
}

/// Equal cursors are at the same row of the same order, in whichever direction.
impl<M> PartialEq for Cursor<M> {
    fn eq(&self, other: &Self) -> bool {
        token::forwards(&self.key.order).eq(token::forwards(&other.key.order))
            && self.position == other.position
    }
}

impl<M> fmt::Debug for Cursor<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({})", self.key.describe(&self.position))
    }
}
