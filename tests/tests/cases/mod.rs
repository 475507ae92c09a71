//! The cases that run on every database, one file for each promise.

pub(crate) mod abandoned;
mod batches;
mod boxed;
mod cancellation;
#[allow(dead_code, reason = "only servers can be cut off")]
pub(crate) mod checkpoints;
mod conversions;
mod counts;
mod cursors;
mod decoding;
mod duplicates;
mod ends;
pub(crate) mod everything;
mod failures;
mod flights;
mod guard;
mod joins;
mod later_nulls;
pub(crate) mod migrations;
mod misuse;
mod models;
mod nulls;
mod orders;
mod pages;
pub(crate) mod parts;
#[allow(dead_code, reason = "each database measures in a way of its own")]
pub(crate) mod plans;
mod predicates;
mod queries;
pub(crate) mod random;
mod random_orders;
mod read_ahead;
pub(crate) mod relations;
#[allow(dead_code, reason = "each database measures in a way of its own")]
pub(crate) mod skewed;
mod sources;
mod statements;
mod tables;
mod transactions;
pub(crate) mod verify;
pub(crate) mod walk;
mod writers;
pub(crate) mod writes;

/// The walk, for each type of key: `name: type = column`.
macro_rules! walks {
    ($($name:ident: $key:ty = $column:expr;)+) => {$(
        mod $name {
            use super::*;
            use crate::cases::{parts, random, relations::by_key, walk};

            test! { every_batch_size, async |db| walk::every_batch_size::<$key>(db, &$column).await }
            test! { limits, async |db| walk::limits::<$key>(db, &$column).await }
            test! { filters, async |db| walk::filters::<$key>(db, &$column).await }
            test! { ranges, async |db| walk::ranges::<$key>(db, &$column).await }
            test! { cursors, async |db| walk::cursors::<$key>(db, &$column).await }
            test! { related, async |db| by_key::related::<$key>(db, &$column).await }
            test! { parts, async |db| parts::by_key::parts::<$key>(db, &$column).await }
            test! { writes, async |db| walk::writes::<$key>(db, &$column).await }
            test! { random, async |db| random::walks::<$key>(db, &$column).await }
        }
    )+};
}
