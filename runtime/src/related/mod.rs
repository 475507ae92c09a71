//! Related rows: read after each batch, in a query for each relation, and put beside its rows.
//!
//! ```text
//! values of the batch's columns → the different ones → rows of the other model → beside each row
//! ```

mod distinct;
pub(crate) mod item;
pub(crate) mod lookup;
pub(crate) mod many;
pub(crate) mod one;
pub(crate) mod relation;
