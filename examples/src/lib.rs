//! Shared by the examples: a database of real data, and measurements of the memory they use and the
//! queries they send.

pub mod flights;
pub mod memory;
pub mod queries;
