//! Batches in transactions that the caller ends.

mod fate;
pub(crate) mod handed_out;
pub(crate) mod opener;
pub(crate) mod run;
mod work;
