//! Places in migrations.

use std::fmt;

/// A line of a migration.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as it is called from the crate: `migrations/0007_slugs.sql`.
    pub file: String,
    /// The line, from 1 on.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
