//! The loop: one batch after the other, each starting where the last one ended.

mod driven;
pub(crate) mod loaded;
pub(crate) mod plan;
mod raw_batch;
mod read_ahead;
mod reader;
pub(crate) mod run;
mod seeker;
