//! The table in a file of SQLite.

use rusqlite::{Connection, params};

use crate::{Error, database};

/// Times are written as SQLite's own functions write them.
pub(super) fn build(url: &str, rows: u32) -> Result<String, Error> {
    let mut connection = Connection::open(database::path(url))?;
    connection.execute_batch(
        "CREATE TABLE chunked_bench_entries (
            id INTEGER PRIMARY KEY,
            author_id INTEGER NOT NULL,
            created TEXT NOT NULL,
            headline TEXT NOT NULL,
            score REAL NOT NULL,
            editor_id INTEGER
        )",
    )?;
    let transaction = connection.transaction()?;
    let mut insert = transaction.prepare(
        "INSERT INTO chunked_bench_entries VALUES (?, ?, datetime(?, 'unixepoch'), ?, ?, ?)",
    )?;
    for entry in super::entries(rows) {
        insert.execute(params![
            entry.id,
            entry.author_id,
            entry.created.timestamp(),
            entry.headline,
            entry.score,
            entry.editor_id,
        ])?;
    }
    drop(insert);
    transaction.commit()?;
    Ok(rusqlite::version().to_owned())
}
