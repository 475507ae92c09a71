//! The table in a file of SQLite.

use rusqlite::{Connection, params};

use crate::{Error, database, entry::Time};

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
        );
        CREATE TABLE chunked_bench_orders (
            id INTEGER PRIMARY KEY,
            uid BLOB NOT NULL,
            created TEXT NOT NULL,
            shipped TEXT,
            title TEXT NOT NULL,
            customer_id INTEGER NOT NULL,
            state TEXT NOT NULL,
            details TEXT NOT NULL
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
    let mut insert =
        transaction.prepare("INSERT INTO chunked_bench_orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)")?;
    for order in super::orders(rows) {
        // As sqlx writes times.
        let time = |time: Time| time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false);
        insert.execute(params![
            order.id,
            order.uid,
            time(order.created),
            order.shipped.map(time),
            order.title,
            order.customer_id.0,
            order.state.name(),
            serde_json::to_string(&order.details)?,
        ])?;
    }
    drop(insert);
    transaction.commit()?;
    Ok(rusqlite::version().to_owned())
}
