//! Writing batch by batch.

mod batch;
pub(crate) mod run;
pub(crate) mod writer;
