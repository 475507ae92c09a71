//! A file in its own directory.

use sqlx::{
    ConnectOptions as _, Connection as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tempfile::TempDir;

pub(crate) struct Isolated(TempDir);

impl Isolated {
    pub(crate) async fn create() -> Self {
        let isolated = Self(TempDir::new().unwrap());
        // The file is made by one connection: SQLite waits for no lock to change its journal, so that
        // several at once can be refused.
        isolated.options().connect().await.unwrap().close().await.unwrap();
        isolated
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

    #[allow(clippy::unused_async, reason = "on a server, this takes queries")]
    pub(crate) async fn remove(self) {
        self.0.close().unwrap();
    }
}
