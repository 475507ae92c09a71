//! Connections and transactions that were passed by value are read on their own handle, like those
//! of a pool, and lose nothing of what they are.

mod moments;
mod results;

use std::{future::Future, time::Duration};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    pool::PoolConnection,
    sqlite::{SqlitePoolOptions, SqliteValueRef},
};
use sqlx_chunked::{Chunked, Iter};
use tokio::time::timeout;

use crate::harness::{Entry, TestDatabase};

const COUNT: i64 = 25;

/// The ways to pass a connection by value.
#[derive(Clone, Copy, Debug)]
enum Passed {
    Connection,
    Transaction,
}

impl Passed {
    const ALL: [Self; 2] = [Self::Connection, Self::Transaction];

    /// Takes a connection from a pool, and reads all entries on it.
    async fn entries(self, pool: &SqlitePool) -> Iter<'static, Entry, Sqlite> {
        match self {
            Self::Connection => Entry::iter(acquire(pool).await),
            Self::Transaction => Entry::iter(begin(pool).await),
        }
    }
}

async fn acquire(pool: &SqlitePool) -> PoolConnection<Sqlite> {
    soon(pool.acquire()).await.unwrap()
}

async fn begin(pool: &SqlitePool) -> Transaction<'static, Sqlite> {
    soon(pool.begin()).await.unwrap()
}

/// Fails if the work takes longer than anyone should wait.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(10), work).await.expect("the connection is free soon")
}

/// Returns a pool of one connection, which shows whether sqlx has prepared a statement on it.
async fn pool_of_one(database: &TestDatabase) -> SqlitePool {
    let options = SqlitePoolOptions::new().max_connections(1);
    options.connect_with(database.options()).await.unwrap()
}

/// A type that only the driver decodes.
#[derive(Debug, PartialEq)]
struct Headline(String);

impl sqlx::Type<Sqlite> for Headline {
    fn type_info() -> sqlx::sqlite::SqliteTypeInfo {
        <String as sqlx::Type<Sqlite>>::type_info()
    }
}

impl<'r> sqlx::Decode<'r, Sqlite> for Headline {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
        <String as sqlx::Decode<'r, Sqlite>>::decode(value).map(Self)
    }
}

#[derive(Chunked, Debug, PartialEq)]
#[chunked(table = "entries")]
struct ByDriver {
    #[chunk_key]
    #[chunked(primary_key)]
    id: i64,
    headline: Headline,
}
