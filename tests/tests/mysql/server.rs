//! The details of this server that the server cases need.

/// A text that identifies the session that asks, and no other.
pub(crate) const OWN_SESSION: &str = "SELECT CAST(CONNECTION_ID() AS CHAR)";

/// Ends a session.
pub(crate) fn kill(session: &str) -> String {
    format!("KILL {session}")
}

/// Counts a session as long as it exists.
pub(crate) fn count(session: &str) -> String {
    format!("SELECT COUNT(*) FROM information_schema.processlist WHERE id = {session}")
}

/// True for every row, but only after a while.
pub(crate) const SLOWLY: &str = "SLEEP(0.0005) IS NOT NULL";

/// Makes the transactions of a session see one snapshot.
pub(crate) const REPEATABLE_READ: &str = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";

/// Returns whether a request executes a prepared statement: after the four bytes of a packet's
/// header it is a `COM_STMT_EXECUTE`
/// (<https://dev.mysql.com/doc/dev/mysql-server/latest/my__command_8h.html>).
pub(crate) fn executes(request: &[u8]) -> bool {
    request.get(4) == Some(&0x17)
}

/// Returns whether a request only asks if the server is there: it is a `COM_PING`.
pub(crate) fn pings(request: &[u8]) -> bool {
    request == [1, 0, 0, 0, 0x0e]
}

/// True if a lock on rows also locks those that are joined to them.
pub(crate) const LOCKS_JOINED_ROWS: bool = true;
