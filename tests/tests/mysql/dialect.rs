//! This database's spelling of what the cases need.

use crate::harness::Order;

/// A column type that holds an `i64`.
pub(crate) const BIGINT: &str = "BIGINT";

/// A column type that holds a `String` and can be indexed.
pub(crate) const TEXT: &str = "VARCHAR(200)";

/// Removes the index `by_note` of the table `tasks`.
pub(crate) const DROP_BY_NOTE: &str = "DROP INDEX by_note ON tasks";

/// Column types for short texts: compared as usual, by another collation, and without the spaces at
/// the end.
pub(crate) const WORDS: [&str; 3] = ["VARCHAR(200)", "VARCHAR(200) COLLATE utf8mb4_bin", "CHAR(3)"];

/// A column type that holds a `DateTime<Utc>`.
pub(crate) const MOMENT: &str = "DATETIME(6)";

/// A column type that holds JSON.
pub(crate) const JSON: &str = "JSON";

/// The order in which NULLs come last.
pub(crate) const NULLS_LAST: Order = Order::Descending;

/// A column type for texts that are compared without case, and the setup that must run before.
pub(crate) const CASELESS: (&str, Option<&str>) = ("VARCHAR(200)", None);

/// The number of keys that one statement asks for.
pub(crate) const MOST_KEYS: usize = 16_384;

/// Quotes a name that may contain anything.
pub(crate) fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Creates a table whose unique key accepts texts that its collation calls equal.
pub(crate) const TIED_TEXTS: Option<&str> = None;

/// Begins the statement that sets the isolation level of a session.
pub(crate) const ISOLATION: &str = "SET SESSION TRANSACTION ISOLATION LEVEL";

/// Lets a session wait for a lock no longer than a moment.
pub(crate) const LOCK_TIMEOUT: &str = "SET SESSION innodb_lock_wait_timeout = 1";

/// Lets a session wait for a lock, and leave it to others to find out that they wait for each other.
pub(crate) const PATIENT: &str = "SET SESSION innodb_lock_wait_timeout = 30";

/// A column type for short texts that can be a key.
pub(crate) const SHORT: &str = "VARCHAR(99)";

/// Types for the columns of random tables.
pub(crate) const MARK_COLUMNS: [&str; 5] = [
    "VARCHAR(99)",
    "VARCHAR(99) COLLATE utf8mb4_bin",
    "VARCHAR(99) COLLATE utf8mb4_unicode_nopad_ci",
    "VARCHAR(99) CHARACTER SET latin1 COLLATE latin1_german1_ci",
    "TEXT",
];

/// Indexes of random tables, whose name is written `#`.
pub(crate) const MARK_INDEXES: [&str; 9] = [
    "INDEX # ON marked (a(9))",
    "UNIQUE INDEX # ON marked (a)",
    "UNIQUE INDEX # ON marked (a(1))",
    "UNIQUE INDEX # ON marked (a) IGNORED",
    "UNIQUE INDEX # ON marked (a, b)",
    "UNIQUE INDEX # ON marked (b, c)",
    "UNIQUE INDEX # ON marked (c, b(2))",
    "UNIQUE INDEX # ON marked (c)",
    "UNIQUE INDEX # ON marked (b)",
];
