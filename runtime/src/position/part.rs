//! A part of a table that a program can hand to a worker.

use std::{fmt, marker::PhantomData, str::FromStr, sync::Arc};

use super::{share::Share, token::part};
use crate::{error::TokenError, model::Described};

/// One of the parts that [`parts`](crate::Iteration::parts) cuts the rows of an iteration into:
/// an interval of the order. Pass it to [`part`](crate::Iteration::part) of an iteration in the same
/// order and with the same filters, in this process or another one.
///
/// The intervals are between rows that the database delivered. Each begins after the row that the one
/// before it ends with, the first is open at its beginning, and the last is open at its end: together
/// they are all rows, and no two of them have one in common, whatever is inserted or deleted after the
/// cut. Cut once, and keep the parts: if a table is cut again after a restart, the new edges are
/// elsewhere, and rows are lost or repeated.
///
/// # As a token
///
/// `to_string` makes a token of it, fit for a queue or a URL, and `parse` reads it. With the feature
/// `serde` it is serialised as its token. A token names the table, the order with its directions, both
/// edges, and a digest of the filters. Like a cursor, it stays valid if the struct is renamed or gets
/// other fields.
///
/// ```
/// # use sqlx_chunked::{Chunked, Part};
/// # #[derive(Chunked)]
/// # #[chunked(table = "entries")]
/// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64 }
/// # async fn enqueue(_: String) {}
/// # async fn cut(pool: sqlx::SqlitePool) -> Result<(), Box<dyn std::error::Error>> {
/// for part in Entry::iter(&pool).parts(16).await? {
///     enqueue(part.to_string()).await;
/// }
/// # Ok(())
/// # }
/// # async fn work(pool: sqlx::SqlitePool, message: &str) -> Result<(), Box<dyn std::error::Error>> {
/// let part: Part<Entry> = message.parse()?;              // in a worker
/// let mut batches = Entry::batch_iter(&pool).part(part);
/// # Ok(())
/// # }
/// ```
pub struct Part<M> {
    pub(crate) share: Arc<Share>,
    model: PhantomData<fn() -> M>,
}

impl<M> Part<M> {
    pub(crate) fn of(share: Share) -> Self {
        Self { share: Arc::new(share), model: PhantomData }
    }

    /// Returns its place among the parts of its cut, from 0 on: a name for its
    /// [checkpoint](crate::Checkpoints), for example.
    #[must_use]
    pub fn index(&self) -> usize {
        self.share.index as usize
    }

    /// Returns the number of parts of its cut.
    #[must_use]
    pub fn count(&self) -> usize {
        self.share.count as usize
    }

    /// Returns the number of rows that it had when it was cut.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.share.rows
    }
}

/// Writes the part as a token.
impl<M> fmt::Display for Part<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&part::write(&self.share))
    }
}

/// Reads a part from its token.
///
/// # Errors
///
/// Returns a [`TokenError`] if the token is damaged, is that of a cursor, or was made for another
/// model or by a version with another format. A part of another order, or with other filters, is
/// refused when it is used.
impl<M: Described> FromStr for Part<M> {
    type Err = TokenError;

    fn from_str(token: &str) -> Result<Self, TokenError> {
        part::read(M::MODEL, token).map(Self::of)
    }
}

/// A part is its token.
#[cfg(feature = "serde")]
impl<M> serde::Serialize for Part<M> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A part is its token.
#[cfg(feature = "serde")]
impl<'de, M: Described> serde::Deserialize<'de> for Part<M> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let token = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
        token.parse().map_err(serde::de::Error::custom)
    }
}

impl<M> Clone for Part<M> {
    fn clone(&self) -> Self {
        Self { share: Arc::clone(&self.share), model: PhantomData }
    }
}

/// Equal parts have the same rows of the same cut.
impl<M> PartialEq for Part<M> {
    fn eq(&self, other: &Self) -> bool {
        part::write(&self.share) == part::write(&other.share)
    }
}

impl<M> Eq for Part<M> {}

impl<M> fmt::Debug for Part<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Part({})", self.share.describe())
    }
}
