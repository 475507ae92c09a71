//! What the examples share: a database of real data, and a look at the memory they use and the
//! queries they send.

pub mod flights;
pub mod memory;
pub mod queries;
