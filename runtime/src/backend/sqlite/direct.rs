//! Reads a statement on the connection's own handle, instead of row by row from sqlx's thread.

use std::time::Instant;

use sqlx::{Sqlite, error::BoxDynError};
use tracing::Level;

use super::{
    compound,
    handle::{Failed, Locked, RawStatement, Row, Stored},
    types,
    value::Value,
};
use crate::backend::{
    companion::Slot,
    direct::{DirectRow, Sink},
    statement::Statement,
    value::RawValue,
};

/// Statements prepared on a connection and kept for the next batches.
#[derive(Default)]
pub(super) struct Prepared<'c>(Vec<(String, RawStatement<'c>)>);

/// The number of statements kept: those for a batch and each of its relations, for the first batch
/// and the others, and for lists of keys of some lengths.
const MOST_PREPARED: usize = 32;

impl<'c> Prepared<'c> {
    /// Takes out the statement of a text, or prepares it. Putting it back makes it the last used.
    fn take(&mut self, connection: &'c Locked<'_>, sql: &str) -> Option<RawStatement<'c>> {
        match self.0.iter().position(|(text, _)| text == sql) {
            Some(place) => Some(self.0.remove(place).1),
            None => RawStatement::prepare(connection, sql).ok(),
        }
    }

    fn put_back(&mut self, sql: &str, statement: RawStatement<'c>) {
        if self.0.len() == MOST_PREPARED {
            self.0.remove(0);
        }
        self.0.push((sql.to_owned(), statement));
    }
}

/// Reads all rows into the sink, if everything is as expected and somebody still waits for them.
pub(super) fn read<'c, S: Sink<Sqlite>>(
    connection: &'c Locked<'_>,
    prepared: &mut Prepared<'c>,
    statement: &Statement<Sqlite>,
    mut sink: S,
    is_abandoned: impl Fn() -> bool,
) -> Option<S> {
    let started = Instant::now();
    let sql = &statement.sql;
    let mut raw = prepared.take(connection, sql)?;
    raw.bind(values(statement)?.iter()).ok()?;
    while let Some(row) = raw.next().ok()? {
        if is_abandoned() {
            return None;
        }
        sink.push(row).ok()?;
    }
    raw.reset();
    prepared.put_back(sql, raw);
    log(sql, sink.count(), started);
    Some(sink)
}

/// Returns the arguments of a statement.
fn values(statement: &Statement<Sqlite>) -> Option<Vec<&Value>> {
    let values = statement.values.as_deref()?.iter();
    values
        .map(|value| match value {
            RawValue::Sqlite(value) => Some(value),
            _ => None,
        })
        .collect()
}

/// Logs a statement as sqlx does by default; the settings of the connection are not known here.
fn log(sql: &str, rows: u64, started: Instant) {
    let elapsed = started.elapsed();
    tracing::event!(
        target: "sqlx::query",
        Level::DEBUG,
        summary = format!("{} …", sql.split_whitespace().take(4).collect::<Vec<_>>().join(" ")),
        db.statement = format!("\n\n{sql}\n"),
        rows_affected = 0_u64,
        rows_returned = rows,
        ?elapsed,
        elapsed_secs = elapsed.as_secs_f64(),
    );
}

impl DirectRow for Row<'_> {
    fn len(self) -> usize {
        self.len()
    }

    fn raw(self, slot: Slot) -> Result<RawValue, BoxDynError> {
        let value = match self.value(slot.ordinal)? {
            Stored::Null => return Ok(RawValue::Null),
            Stored::Integer(value) => Value::Integer(value),
            Stored::Real(value) => Value::Real(value),
            Stored::Text(bytes) => Value::Text(str::from_utf8(bytes)?.to_owned()),
            Stored::Blob(bytes) => Value::Blob(bytes.to_vec()),
        };
        let Some(companion) = slot.companion else { return Ok(RawValue::Sqlite(value)) };
        let declared = match self.value(companion)? {
            Stored::Null => None,
            Stored::Text(bytes) => Some(str::from_utf8(bytes)?),
            _ => return Err(Failed.into()),
        };
        Ok(compound::mark(value, declared))
    }

    fn is_null(self, ordinal: usize) -> Result<bool, BoxDynError> {
        Ok(matches!(self.value(ordinal)?, Stored::Null))
    }

    fn get<T: 'static>(self, ordinal: usize) -> Result<T, BoxDynError> {
        types::read(self.value(ordinal)?).ok_or_else(|| Failed.into())
    }
}
