//! The loop: one batch after the other, each starting where the last one ended.

mod driven;
pub(crate) mod ends;
pub(crate) mod loaded;
mod locks;
mod part;
pub(crate) mod pauses;
pub(crate) mod plan;
mod probes;
mod raw_batch;
mod read_ahead;
pub(crate) mod reader;
pub(crate) mod run;
pub(crate) mod seeker;
mod spans;
pub(crate) mod step;

use std::io;

use crate::{backend::Backend, error::Error, position::key::Key};

/// The error for work that was lost, in a panic or with the runtime that it ran on.
pub(crate) fn lost<DB: Backend>(key: &Key) -> Error {
    let source =
        io::Error::other("the iteration is lost: it panicked, or its runtime has shut down");
    key.refused::<DB>(source.into())
}
