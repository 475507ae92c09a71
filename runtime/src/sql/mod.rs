//! Statements as text. Nothing is sent from here.

pub(crate) mod batch;
mod clauses;
mod compare;
pub(crate) mod digest;
pub(crate) mod lock;
pub(crate) mod lookup;
pub(crate) mod nulls;
mod parameters;
pub(crate) mod probe;
pub(crate) mod questions;
pub(crate) mod seek;
pub(crate) mod span;
#[cfg(test)]
mod tests;
pub(crate) mod write;
mod writer;
