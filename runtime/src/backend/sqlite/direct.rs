//! A batch read on the connection's own handle, instead of row by row from sqlx's thread.

use std::time::Instant;

use sqlx::{Sqlite, SqliteConnection, error::BoxDynError, pool::PoolConnection};
use tracing::{Level, Span};

use super::{
    Value,
    statement::{Failed, Row, Statement, Stored},
    types,
};
use crate::{
    backend::{self, Direct, direct::DirectRow},
    raw::RawValue,
    read::{Collector, Fetched, Request},
    row::{AnyRow, ReadRow},
    spawn::{self, Abandoned, Demand},
};

/// Reads a batch on a thread where a slow disk blocks nobody.
pub(super) async fn read<M: ReadRow<Sqlite>>(
    mut connection: PoolConnection<Sqlite>,
    request: Request<Sqlite>,
) -> Direct<M, Sqlite> {
    let span = Span::current();
    let reading = spawn::blocking(move |demand| {
        let fetched = span.in_scope(|| batch(&mut connection, &request, demand));
        (connection, request, fetched)
    });
    reading.await.map_err(|Abandoned| sqlx::Error::WorkerCrashed)
}

/// The batch, if everything is as it should be.
fn batch<M: ReadRow<Sqlite>>(
    connection: &mut SqliteConnection,
    request: &Request<Sqlite>,
    demand: &Demand<'_>,
) -> Option<Fetched<M>> {
    let Request { statement, nulls, expected, .. } = request;
    let started = Instant::now();
    let mut handle = spawn::block_on(connection.lock_handle()).ok()?;
    let mut prepared = Statement::prepare(&mut handle, &statement.sql).ok()?;
    prepared.bind(values(statement)?.iter()).ok()?;
    let mut batch = Collector::<M>::new(expected);
    while let Some(row) = prepared.next().ok()? {
        if demand.is_gone() {
            return None;
        }
        batch.push(AnyRow::Direct(row), expected).ok()?;
    }
    let fetched = batch.finish();
    // There is a question left, and it is for the driver.
    if fetched.rows.is_empty() && nulls.is_some() {
        return None;
    }
    log(&statement.sql, fetched.rows.len() + usize::from(fetched.more), started);
    Some(fetched)
}

/// The arguments of a statement.
fn values(statement: &backend::Statement<Sqlite>) -> Option<Vec<&Value>> {
    let values = statement.values.as_deref()?.iter();
    values
        .map(|value| if let RawValue::Sqlite(value) = value { Some(value) } else { None })
        .collect()
}

/// Logs a statement where sqlx logs its own.
fn log(sql: &str, rows: usize, started: Instant) {
    let elapsed = started.elapsed();
    tracing::event!(
        target: "sqlx::query",
        Level::DEBUG,
        db.statement = sql,
        rows_returned = rows as u64,
        ?elapsed,
        elapsed_secs = elapsed.as_secs_f64(),
    );
}

impl DirectRow for Row<'_> {
    fn len(self) -> usize {
        self.len()
    }

    fn raw(self, ordinal: usize) -> Result<RawValue, BoxDynError> {
        let value = match self.value(ordinal)? {
            Stored::Null => return Ok(RawValue::Null),
            Stored::Integer(value) => Value::Integer(value),
            Stored::Real(value) => Value::Real(value),
            Stored::Text(bytes) => Value::Text(str::from_utf8(bytes)?.to_owned()),
            Stored::Blob(bytes) => Value::Blob(bytes.to_vec()),
        };
        Ok(RawValue::Sqlite(value))
    }

    fn get<T: 'static>(self, ordinal: usize) -> Result<T, BoxDynError> {
        types::read(self.value(ordinal)?).ok_or_else(|| Failed.into())
    }

    fn flag(self, ordinal: usize) -> Result<bool, BoxDynError> {
        self.get(ordinal)
    }
}
