//! Reads a database table of any size in batches, with flat memory, and never loses a row.
//!
//! A struct that derives [`Chunked`] is read by keyset queries, each starting right after the last
//! row of the previous one:
//!
#![cfg_attr(feature = "sqlite", doc = "```")]
#![cfg_attr(not(feature = "sqlite"), doc = "```ignore")]
//! use futures_util::TryStreamExt;
//! use sqlx_chunked::Chunked;
//!
//! #[derive(Debug, Chunked)]
//! #[chunked(table = "entries")]
//! struct Entry {
//!     #[chunk_key]
//!     #[chunked(primary_key)]
//!     id: i64,
//!     author_id: i64,
//!     headline: String,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
//! # sqlx::query("CREATE TABLE entries (id INTEGER PRIMARY KEY, author_id INTEGER, headline TEXT)").execute(&pool).await?;
//! # sqlx::query("INSERT INTO entries VALUES (1, 7, 'one'), (2, 8, 'two'), (3, 7, 'three')").execute(&pool).await?;
//! let mut batches = Entry::batch_iter(&pool);
//! while let Some(batch) = batches.try_next().await? {
//!     for entry in &batch {
//!         println!("{}", entry.headline);
//!     }
//! }
//!
//! let by_author: Vec<Entry> = Entry::iter(&pool)
//!     .filter(|e| e.author_id.eq(7))
//!     .reverse()
//!     .try_collect()
//!     .await?;
//! assert_eq!(by_author[0].headline, "three");
//! # assert_eq!(by_author.len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Where to find it
//!
//! | | |
//! |---|---|
//! | the struct and its attributes | [`Chunked`] |
//! | options, paging, relations; promises and SQL | [`Iteration`], which is called [`Iter`] or [`BatchIter`] |
//! | predicates and orders | [`Column`], [`Predicate`], [`Order`], [`BoxedOrder`] |
//! | update and delete, batch by batch | [`Iteration::update`], [`Iteration::delete`], [`Writes`], [`Written`], [`Assignment`] |
//! | a transaction for each batch | [`Iteration::transactional`], [`Open`], [`OpenTransaction`], [`TransactionalIter`], [`OpenWrites`] |
//! | locks on the rows that are read | [`Iteration::for_update`], [`Iteration::for_share`], [`Iteration::skip_locked`], [`Iteration::no_wait`] |
//! | one table, many workers | [`Iteration::parts`], [`Iteration::part`], [`Part`], [`Cut`] |
//! | stop, and go on where it was | [`Checkpoints`], [`Checkpoint`], [`SavedCheckpoint`] |
//! | proof that the migrations bear the marks out, when compiling | [`#[chunked(migrations = "…")]`](trait@Chunked#migrations) |
//! | proof that the table bears the marks out | [`Chunked::verify`], [`Iteration::verify`], [`Fault`], [`Mark`] |
//! | what is handed out | [`Batch`], [`Page`], and rows; [`Children`] for related ones |
//! | a position to keep | [`Cursor`], [`TokenError`] |
//! | what to read from | [`Source`], [`Backend`] |
//! | what can go wrong | [`Error`], [`CursorMismatch`], [`PartMismatch`] |
//! | generic code | [`ReadRow`], and the traits in [`bounds`] |
//! | backfills, tests, logs, poolers, plain threads | [`guides`] |
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `sqlite`, `postgres`, `mysql` | sqlx's driver for that database; at least one is needed |
//! | `derive` (on by default) | the macro |
//! | `chrono`, `time`, `uuid`, `json` | SQLite reads the types of these crates several times as fast |
//! | `migrations` | the derive holds marks against [migrations](trait@Chunked#migrations) when compiling |
//! | `serde` | [`Cursor`] and [`Part`] are serialised as their tokens, [`Batch`] as a list, [`Page`] as an object |
//!
//! Runtime, TLS and column types are those of your own sqlx: the features that are named like sqlx's
//! turn on the same there, and a struct reads alike without them.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![deny(missing_docs)]
// Without a driver there is nothing to read from, and nothing that reads.
#![cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, unused_imports, unused_macros, unused_variables)
)]

mod backend;
mod batches;
pub mod bounds;
mod checkpoint;
mod error;
mod expr;
mod fetch;
#[cfg(all(any(doc, doctest), feature = "sqlite"))]
pub mod guides;
mod iteration;
mod model;
mod parts;
mod position;
mod related;
mod seal;
mod sql;
mod task;
mod tuples;
mod verify;
mod writes;

pub use backend::Backend;
pub use checkpoint::{Checkpoint, Checkpoints, SavedCheckpoint};
pub use error::{CursorMismatch, Error, PartMismatch, TokenError};
pub use expr::{
    assignment::Assignment,
    column::Column,
    order::{BoxedOrder, Order},
    predicate::Predicate,
};
pub use fetch::source::Source;
pub use iteration::{
    Iteration,
    batch::Batch,
    chunked::{BatchIter, Chunked, Iter, ReadRow},
    open::{Open, OpenTransaction, TransactionalIter},
    page::Page,
    parts::{Cut, CutProgress},
    relations::children::Children,
    writes::{OpenWrites, Writes, Written},
};
pub use position::{cursor::Cursor, part::Part};
#[cfg(feature = "derive")]
pub use sqlx_chunked_macros::Chunked;
pub use sqlx_chunked_proof::{Fault, Mark};

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

/// The README's examples compile.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../../README.md")]
struct Readme;
