//! What the examples share: a database of real data, and a look at the memory they use.

pub mod flights;
pub mod memory;
