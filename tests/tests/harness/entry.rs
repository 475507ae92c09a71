//! A plain table, for the cases in which the type of the key does not matter.

use sqlx::FromRow;
use sqlx_chunked::Chunked;

use super::TestDatabase;
use crate::dialect::{BIGINT, TEXT};

/// A row of the table `entries`.
#[derive(Chunked, Clone, Debug, FromRow, PartialEq)]
#[chunked(table = "entries")]
pub(crate) struct Entry {
    #[chunk_key]
    #[chunked(primary_key)]
    pub(crate) id: i64,
    pub(crate) headline: String,
}

impl Entry {
    pub(crate) fn new(id: i64) -> Self {
        Self { id, headline: format!("entry {id}") }
    }

    /// Returns the first `count` entries.
    pub(crate) fn first(count: i64) -> Vec<Self> {
        (1..=count).map(Self::new).collect()
    }
}

impl TestDatabase {
    /// Creates the table `entries` with the first `count` entries.
    pub(crate) async fn create_entries(&self, count: i64) {
        self.execute(format!(
            "CREATE TABLE entries (id {BIGINT} NOT NULL PRIMARY KEY, headline {TEXT} NOT NULL)"
        ))
        .await;
        self.insert_entries(1..=count).await;
    }

    pub(crate) async fn insert_entries(&self, ids: impl IntoIterator<Item = i64>) {
        let rows: Vec<_> = ids.into_iter().map(|id| format!("({id}, 'entry {id}')")).collect();
        if !rows.is_empty() {
            self.execute(format!("INSERT INTO entries VALUES {}", rows.join(", "))).await;
        }
    }
}
