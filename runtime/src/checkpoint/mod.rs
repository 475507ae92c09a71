//! Positions that are kept in the database, under names.

mod access;
mod holder;
mod sql;
mod table;
mod transaction;

pub use holder::Checkpoint;
pub use table::{Checkpoints, SavedCheckpoint};
