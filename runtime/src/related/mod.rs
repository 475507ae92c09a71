//! Related rows: read after each batch, in a query for each relation, and put next to its rows.
//!
//! ```text
//! values of the batch's columns → the different ones → rows of the other model → next to each row
//! ```

mod distinct;
pub(crate) mod item;
pub(crate) mod lookup;
pub(crate) mod many;
pub(crate) mod one;
pub(crate) mod relation;
