//! The details of this server that the server cases need.

/// A text that identifies the session that asks, and no other: numbers are reused.
pub(crate) const OWN_SESSION: &str = "SELECT pid || ' ' || backend_start FROM pg_stat_activity \
                                      WHERE pid = pg_backend_pid()";

/// Ends a session.
pub(crate) fn kill(session: &str) -> String {
    format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE pid || ' ' || backend_start = '{session}'"
    )
}

/// Counts a session as long as it exists.
pub(crate) fn count(session: &str) -> String {
    format!("SELECT count(*) FROM pg_stat_activity WHERE pid || ' ' || backend_start = '{session}'")
}

/// True for every row, but only after a while.
pub(crate) const SLOWLY: &str = "pg_sleep(0.0005) IS NOT NULL";

/// Makes the transactions of a session see one snapshot.
pub(crate) const REPEATABLE_READ: &str =
    "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ";

/// Returns whether a request executes a prepared statement: it begins with a `Bind`
/// (<https://www.postgresql.org/docs/current/protocol-message-formats.html>).
pub(crate) fn executes(request: &[u8]) -> bool {
    request.first() == Some(&b'B')
}

/// Returns whether a request only asks if the server is there: it is a `Sync`.
pub(crate) fn pings(request: &[u8]) -> bool {
    request == b"S\0\0\0\x04"
}

/// True if a lock on rows also locks those that are joined to them.
pub(crate) const LOCKS_JOINED_ROWS: bool = false;
