//! Positions: the key of an order, its exact values, and the cursors that a program can keep.

mod check;
pub(crate) mod cursor;
mod faults;
pub(crate) mod guard;
pub(crate) mod key;
pub(crate) mod keys;
pub(crate) mod part;
pub(crate) mod point;
pub(crate) mod share;
pub(crate) mod token;
