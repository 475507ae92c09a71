//! A table is cut into parts of about the same number of rows.

pub(crate) mod cutter;
mod walk;
