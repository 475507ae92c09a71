//! A position that a program can keep.

use std::{fmt, marker::PhantomData, str::FromStr};

use super::point::Point;
use crate::{
    error::{Error, TokenError},
    model::Described,
};

/// A place in an order of the model `M`: after the row that was handed out last.
///
/// It holds the order and the exact key values of that row, as the database delivered them. Pass it
/// to [`after`](crate::Iteration::after) on an iteration in the same order, or its reverse, to
/// continue after that row; the batch size, limit and filters may differ.
///
/// # As a token
///
/// A token names the table, the columns of the order with their directions, and the values. Tokens
/// stay valid if the struct is renamed or gets other fields, another schema or a join, and if its
/// columns get another type that sorts alike (`INT` to `BIGINT`). They are refused if the table, a
/// column of the order or its collation is another one.
///
/// # Types of your own on PostgreSQL
///
/// On PostgreSQL, a value names its type by a number. For a built-in type, or a domain over one,
/// the number is the same in every database. For an enum or a type from an extension, such as
/// `citext`, it is assigned when the type is created. A cursor whose key has such a type is valid
/// only in its own database: in one restored from a dump, the server refuses it, or takes the
/// number for another type. Begin anew there, or order by columns of built-in types.
pub struct Cursor<M> {
    pub(crate) point: Point,
    model: PhantomData<fn() -> M>,
}

impl<M> Cursor<M> {
    pub(crate) const fn at(point: Point) -> Self {
        Self { point, model: PhantomData }
    }
}

/// Writes the cursor as a short token, fit for a URL.
impl<M> fmt::Display for Cursor<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.point.to_token())
    }
}

/// Reads a cursor from its token.
///
/// # Errors
///
/// Returns a [`TokenError`] if the token is damaged, or was made for another model or by a version
/// with another format. A token that was made for another order is refused when it is used.
impl<M: Described> FromStr for Cursor<M> {
    type Err = TokenError;

    fn from_str(token: &str) -> Result<Self, TokenError> {
        Point::from_token(M::MODEL, token).map(Self::at)
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
impl<'de, M: Described> serde::Deserialize<'de> for Cursor<M> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let token = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
        token.parse().map_err(serde::de::Error::custom)
    }
}

impl<M> Clone for Cursor<M> {
    fn clone(&self) -> Self {
        Self::at(self.point.clone())
    }
}

/// Equal cursors are at the same row of the same order, in either direction.
impl<M> PartialEq for Cursor<M> {
    fn eq(&self, other: &Self) -> bool {
        self.point == other.point
    }
}

impl<M> fmt::Debug for Cursor<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({})", self.point.describe())
    }
}

impl Error {
    /// Returns the cursor of the row that this error is about, if it is [`Error::Decode`] of a row
    /// of `M`. An iteration [`after`](crate::Iteration::after) that cursor continues without the
    /// row.
    ///
    /// ```
    /// # use futures_util::TryStreamExt;
    /// # use sqlx_chunked::{Chunked, Error};
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "entries")]
    /// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64 }
    /// # async fn read(pool: sqlx::SqlitePool) -> Result<(), Error> {
    /// let mut entries = Entry::iter(&pool);
    /// loop {
    ///     match entries.try_next().await {
    ///         Ok(Some(entry)) => println!("{}", entry.id),
    ///         Ok(None) => break,
    ///         Err(error) => {
    ///             let bad = error.cursor::<Entry>().ok_or(error)?;
    ///             eprintln!("left out: {bad:?}");
    ///             entries = Entry::iter(&pool).after(bad);
    ///         }
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn cursor<M: Described>(&self) -> Option<Cursor<M>> {
        match self {
            Self::Decode { token: Some(token), .. } => token.parse().ok(),
            _ => None,
        }
    }
}
