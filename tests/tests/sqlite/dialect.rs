//! This database's spelling of what the cases need.

use crate::harness::Order;

/// A column type that holds an `i64`.
pub(crate) const BIGINT: &str = "INTEGER";

/// A column type that holds a `String` and can be indexed.
pub(crate) const TEXT: &str = "TEXT";

/// Removes the index `by_note` of the table `tasks`.
pub(crate) const DROP_BY_NOTE: &str = "DROP INDEX by_note";

/// Column types for short texts: compared as usual, by another collation, and without the spaces at
/// the end.
pub(crate) const WORDS: [&str; 3] = ["TEXT", "TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM"];

/// A column type that holds a `DateTime<Utc>`.
pub(crate) const MOMENT: &str = "TEXT";

/// A column type that holds JSON.
pub(crate) const JSON: &str = "TEXT";

/// The order in which NULLs come last.
pub(crate) const NULLS_LAST: Order = Order::Descending;

/// A column type for texts that are compared without case, and the setup that must run before.
pub(crate) const CASELESS: (&str, Option<&str>) = ("TEXT COLLATE NOCASE", None);

/// The number of keys that one statement asks for.
pub(crate) const MOST_KEYS: usize = 16_384;

/// Quotes a name that may contain anything.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Creates a table whose unique key accepts texts that its collation calls equal.
pub(crate) const TIED_TEXTS: Option<&str> = Some(
    "CREATE TABLE walk (k TEXT COLLATE NOCASE NOT NULL, n INTEGER NOT NULL); \
     CREATE UNIQUE INDEX by_k ON walk (k COLLATE BINARY)",
);

/// A column type for short texts that can be a key.
pub(crate) const SHORT: &str = "TEXT";

/// Types for the columns of random tables.
pub(crate) const MARK_COLUMNS: [&str; 3] = ["TEXT", "TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM"];

/// Indexes of random tables, whose name is written `#`.
pub(crate) const MARK_INDEXES: [&str; 13] = [
    "INDEX # ON marked (a)",
    "UNIQUE INDEX # ON marked (a)",
    "UNIQUE INDEX # ON marked (a DESC)",
    "UNIQUE INDEX # ON marked (a COLLATE NOCASE)",
    "UNIQUE INDEX # ON marked (a COLLATE BINARY)",
    "UNIQUE INDEX # ON marked (a COLLATE RTRIM, b)",
    "UNIQUE INDEX # ON marked (lower(a))",
    "UNIQUE INDEX # ON marked (a) WHERE b <> 'b'",
    "UNIQUE INDEX # ON marked (b, c)",
    "UNIQUE INDEX # ON marked (c, b COLLATE BINARY)",
    "UNIQUE INDEX # ON marked (c)",
    "UNIQUE INDEX # ON marked (b COLLATE NOCASE)",
    "UNIQUE INDEX # ON marked (b, c) WHERE n IS NULL",
];
