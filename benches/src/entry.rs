//! The row that every contender reads, and the totals it adds up.

use std::hint::black_box;

use chrono::{DateTime, Utc};
use diesel::Queryable;
use sqlx::FromRow;
use sqlx_chunked::Chunked;

use crate::Error;

/// A row of the table. `C` is the Rust type of `created`.
#[derive(Debug, Chunked, FromRow, Queryable)]
#[chunked(table = "chunked_bench_entries")]
pub(crate) struct Entry<C> {
    #[chunk_key]
    #[chunked(primary_key)]
    pub(crate) id: i64,
    pub(crate) author_id: i64,
    pub(crate) created: C,
    pub(crate) headline: String,
    pub(crate) score: f64,
    pub(crate) editor_id: Option<i64>,
}

/// The entry whose id is an `author_id`. No entry has the id 0.
#[derive(Debug, Chunked)]
#[chunked(table = "chunked_bench_entries")]
#[expect(dead_code, reason = "only the id is looked at")]
pub(crate) struct Author {
    #[chunk_key]
    #[chunked(primary_key)]
    pub(crate) id: i64,
    headline: String,
}

/// SQLite has no type for a time: `created` is text there.
pub(crate) type Text = String;
pub(crate) type Time = DateTime<Utc>;

/// The totals that a contender saw; all must see the same.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Totals {
    pub(crate) rows: u64,
    ids: i64,
    authors: i64,
    bytes: usize,
    /// Scores are eighths, so this is exact in any order.
    score: f64,
    unedited: u64,
}

impl Totals {
    pub(crate) fn add<C>(&mut self, entry: &Entry<C>) {
        black_box(&entry.created);
        self.rows += 1;
        self.ids += entry.id;
        self.authors += entry.author_id;
        self.bytes += entry.headline.len();
        self.score += entry.score;
        self.unedited += u64::from(entry.editor_id.is_none());
    }

    /// Adds a row of another kind.
    pub(crate) fn count(&mut self, ids: i64, bytes: usize, is_open: bool) {
        self.rows += 1;
        self.ids += ids;
        self.bytes += bytes;
        self.unedited += u64::from(is_open);
    }

    /// Adds an entry with the id of its author, which must be the right one.
    pub(crate) fn add_with<C>(
        &mut self,
        entry: &Entry<C>,
        author: Option<i64>,
    ) -> Result<(), Error> {
        if author.unwrap_or(0) != entry.author_id {
            return Err(format!("entry {} came with author {author:?}", entry.id).into());
        }
        self.add(entry);
        Ok(())
    }
}

impl<'e, C: 'e> Extend<&'e Entry<C>> for Totals {
    fn extend<I: IntoIterator<Item = &'e Entry<C>>>(&mut self, entries: I) {
        for entry in entries {
            self.add(entry);
        }
    }
}
