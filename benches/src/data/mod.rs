//! Builds the same table on every database.

mod mysql;
mod postgres;
mod sqlite;

use chrono::DateTime;
use tempfile::TempPath;

use crate::{
    Error,
    database::{Database, Kind},
    entry::{Entry, Time, Totals},
};

/// A table with its rows.
pub(crate) struct Data {
    pub(crate) database: Database,
    /// The version of the database.
    pub(crate) version: String,
    pub(crate) expected: Totals,
    /// The file of SQLite.
    file: Option<TempPath>,
}

impl Data {
    /// Builds the table: on a server, or in a temporary file of SQLite.
    pub(crate) async fn build(
        kind: Kind,
        server: Option<String>,
        rows: u32,
    ) -> Result<Self, Error> {
        let (url, file) = if let Some(url) = server {
            (url, None)
        } else {
            let file = tempfile::Builder::new().suffix(".db").tempfile()?.into_temp_path();
            (format!("sqlite://{}", file.display()), Some(file))
        };
        let version = match kind {
            Kind::Sqlite => sqlite::build(&url, rows)?,
            Kind::Postgres => postgres::build(&url, rows).await?,
            Kind::MySql => mysql::build(&url, rows).await?,
        };
        let mut expected = Totals::default();
        entries(rows).for_each(|entry| expected.add(&entry));
        Ok(Self { database: Database { kind, url }, version, expected, file })
    }

    /// Removes the table.
    pub(crate) async fn remove(self) -> Result<(), Error> {
        match self.database.kind {
            Kind::Sqlite => self.file.map_or(Ok(()), TempPath::close)?,
            Kind::Postgres => postgres::remove(&self.database.url).await?,
            Kind::MySql => mysql::remove(&self.database.url).await?,
        }
        Ok(())
    }
}

/// The rows, in the order of the key.
fn entries(rows: u32) -> impl Iterator<Item = Entry<Time>> {
    (1..=rows).map(|n| {
        let id = i64::from(n);
        let author_id = id * 7_919 % 10_000;
        Entry {
            id,
            author_id,
            created: DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1_600_000_000 + 37 * id),
            headline: format!("Entry {id} of those that author {author_id} wrote"),
            score: f64::from(n % 800) / 8.0,
            editor_id: (n % 3 != 0).then_some(id % 97),
        }
    })
}
