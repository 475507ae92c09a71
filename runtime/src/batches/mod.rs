//! The loop: one batch after the other, each from where the last one ended.

pub(crate) mod driven;
pub(crate) mod plan;
pub(crate) mod raw_batch;
pub(crate) mod read_ahead;
pub(crate) mod reader;
pub(crate) mod run;
