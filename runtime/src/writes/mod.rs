//! Writing batch by batch, and transactions that are handed out with a batch.

mod batch;
pub(crate) mod open;
pub(crate) mod run;
pub(crate) mod writer;
