//! A model for any type of key.

use std::fmt::Debug;

use sqlx::{Decode, Encode, FromRow, Type};
use sqlx_chunked::Chunked;

use crate::Db;

/// A row of the table `walk`: its key, and the number that identifies the row.
#[derive(Chunked, Clone, Debug, FromRow, PartialEq)]
#[chunked(table = "walk")]
pub(crate) struct Keyed<K>
where
    K: Send + 'static,
{
    #[chunk_key]
    #[chunked(unique)]
    pub(crate) k: K,
    pub(crate) n: i64,
}

/// Any type that can be a key, on the database under test.
pub(crate) trait Key:
    Type<Db>
    + for<'q> Encode<'q, Db>
    + for<'r> Decode<'r, Db>
    + Clone
    + Debug
    + PartialEq
    + Send
    + Sync
    + Unpin
    + 'static
{
}

impl<K> Key for K where
    K: Type<Db>
        + for<'q> Encode<'q, Db>
        + for<'r> Decode<'r, Db>
        + Clone
        + Debug
        + PartialEq
        + Send
        + Sync
        + Unpin
        + 'static
{
}
