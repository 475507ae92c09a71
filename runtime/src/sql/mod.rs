//! Statements as text. Nothing is sent from here.

pub(crate) mod clauses;
pub(crate) mod compare;
pub(crate) mod lookup;
pub(crate) mod seek;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    clauses::{Ask, Writer, at_end, batch, count_places, left_out},
    lookup::{List, related},
};
