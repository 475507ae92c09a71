//! Positions: the key of an order, its exact values, and cursors.

pub(crate) mod cursor;
pub(crate) mod guard;
pub(crate) mod key;
pub(crate) mod token;
