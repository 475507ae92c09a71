//! Statements as text. Nothing is sent from here.

pub(crate) mod batch;
mod clauses;
mod compare;
pub(crate) mod lookup;
pub(crate) mod nulls;
mod parameters;
pub(crate) mod questions;
pub(crate) mod seek;
#[cfg(test)]
mod tests;
mod writer;
