//! Reads a database table of any size in batches, with flat memory, and never loses a row.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod backend;
mod batch;
mod column;
mod cursor;
mod error;
mod iteration;
mod key;
mod link;
mod model;
mod order;
mod plan;
mod predicate;
mod range;
mod raw;
mod read;
mod row;
mod seek;
mod source;
mod sql;
mod value;
mod walk;

pub use backend::Backend;
pub use batch::Batch;
pub use column::Column;
pub use cursor::Cursor;
pub use error::Error;
pub use iteration::{BatchIter, Iter, Iteration};
pub use model::Chunked;
pub use order::{CanTie, Order, Unique, UniqueOrder};
pub use predicate::Predicate;
pub use range::RangeKey;
pub use row::ReadRow;
pub use source::Source;
#[cfg(feature = "derive")]
pub use sqlx_chunked_macros::Chunked;
pub use value::Accepts;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
