//! A file in its own directory.

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use tempfile::TempDir;

pub(crate) struct Isolated(TempDir);

#[allow(clippy::unused_async, reason = "on a server, this takes queries")]
impl Isolated {
    pub(crate) async fn create() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn options(&self) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(self.0.path().join("test.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // It is not tested whether the file survives a power cut.
            .synchronous(SqliteSynchronous::Off)
    }

    /// Returns the same for another program.
    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.0.path().join("test.db").display())
    }

    pub(crate) async fn remove(self) {
        self.0.close().unwrap();
    }
}
