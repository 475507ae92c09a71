//! Proof from migrations: their statements are replayed, and what they make is held against what models
//! claim.
//!
//! ```text
//! files ── list ──> text ── statements ──> tokens ── rewrite, sqlparser ──> replay ──> schema ──> objections
//! ```
//!
//! A statement that is not understood takes the proof from every table that it names, from there on.

mod alter;
mod columns;
mod create;
mod files;
mod keys;
mod names;
mod objections;
mod place;
mod reading;
mod replay;
mod replayed;
mod rewrite;
mod routines;
mod schema;
mod special;
mod statements;
#[cfg(test)]
mod tests;
mod words;

pub use files::{File, list};
pub use objections::{Objection, Outcome};
pub use place::Place;

use self::replay::Replay;
use crate::Dialect;

/// What migrations make of an empty database.
#[derive(Debug)]
pub struct Migrations {
    replay: Replay,
}

impl Migrations {
    /// Replays migrations: the name of each file, and its text.
    pub fn replay<'a>(
        dialect: Dialect,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut replay = Replay::new(dialect);
        for (name, sql) in files {
            replay.run(name, sql);
        }
        Self { replay }
    }
}
