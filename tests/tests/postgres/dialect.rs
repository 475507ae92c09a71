//! This database's spelling of what the cases need.

use crate::harness::Order;

/// A column type that holds an `i64`.
pub(crate) const BIGINT: &str = "BIGINT";

/// A column type that holds a `String` and can be indexed.
pub(crate) const TEXT: &str = "TEXT";

/// Removes the index `by_note` of the table `tasks`.
pub(crate) const DROP_BY_NOTE: &str = "DROP INDEX by_note";

/// Column types for short texts: compared as usual, by another collation, and without the spaces at
/// the end.
pub(crate) const WORDS: [&str; 3] = ["TEXT", "TEXT COLLATE \"C\"", "CHAR(3)"];

/// A column type that holds a `DateTime<Utc>`.
pub(crate) const MOMENT: &str = "TIMESTAMPTZ";

/// A column type that holds JSON.
pub(crate) const JSON: &str = "JSONB";

/// The order in which NULLs come last.
pub(crate) const NULLS_LAST: Order = Order::Ascending;

/// A column type for texts that are compared without case, and the setup that must run before.
pub(crate) const CASELESS: (&str, Option<&str>) = (
    "TEXT COLLATE caseless",
    Some(
        "CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    ),
);

/// The number of keys that one statement asks for.
pub(crate) const MOST_KEYS: usize = usize::MAX;

/// Quotes a name that may contain anything.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Creates a table whose unique key accepts texts that its collation calls equal.
pub(crate) const TIED_TEXTS: Option<&str> = Some(
    "CREATE COLLATION caseless (provider = icu, locale = 'und-u-ks-level2', deterministic = false); \
     CREATE TABLE walk (k TEXT COLLATE caseless NOT NULL, n BIGINT NOT NULL); \
     CREATE UNIQUE INDEX by_k ON walk (k COLLATE \"C\")",
);

/// Begins the statement that sets the isolation level of a session.
pub(crate) const ISOLATION: &str = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL";

/// Lets a session wait for a lock no longer than a moment.
pub(crate) const LOCK_TIMEOUT: &str = "SET lock_timeout = '300ms'";

/// Lets a session wait for a lock, and leave it to others to find out that they wait for each other.
pub(crate) const PATIENT: &str = "SET deadlock_timeout = '30s'";

/// A column type for short texts that can be a key.
pub(crate) const SHORT: &str = "TEXT";

/// Types for the columns of random tables.
pub(crate) const MARK_COLUMNS: [&str; 4] =
    ["TEXT", "VARCHAR(9)", "TEXT COLLATE \"C\"", "TEXT COLLATE caseless"];

/// Indexes of random tables, whose name is written `#`.
pub(crate) const MARK_INDEXES: [&str; 14] = [
    "INDEX # ON marked (a)",
    "UNIQUE INDEX # ON marked (a)",
    "UNIQUE INDEX # ON marked (a DESC) INCLUDE (b)",
    "UNIQUE INDEX # ON marked (a COLLATE \"C\")",
    "UNIQUE INDEX # ON marked (a COLLATE caseless)",
    "UNIQUE INDEX # ON marked (a text_pattern_ops)",
    "UNIQUE INDEX # ON marked (a, b)",
    "UNIQUE INDEX # ON marked (lower(a COLLATE \"C\"))",
    "UNIQUE INDEX # ON marked (a) WHERE b <> 'b'",
    "UNIQUE INDEX # ON marked (b, c)",
    "UNIQUE INDEX # ON marked (c, b COLLATE \"C\")",
    "UNIQUE INDEX # ON marked (c) NULLS NOT DISTINCT",
    "UNIQUE INDEX # ON marked (b COLLATE caseless)",
    "UNIQUE INDEX # ON marked (b, c) WHERE n IS NULL",
];
