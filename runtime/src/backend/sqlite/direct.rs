//! Reads a statement on the connection's own handle, instead of row by row from sqlx's thread.

use std::{cell::RefCell, time::Instant};

use sqlx::{Sqlite, error::BoxDynError};
use tracing::Level;

use super::{
    buffer::Buffer,
    echo,
    handle::{Failed, Locked, RawStatement},
    row::{Cells, Row},
    seen::{Seen, UnknownColumn},
};
use crate::backend::{direct::Sink, statement::Statement, value::RawValue};

/// Statements prepared on a connection and kept for the next batches.
#[derive(Default)]
pub(super) struct Prepared<'c>(Vec<PreparedStatement<'c>>);

/// A prepared statement.
struct PreparedStatement<'c> {
    sql: String,
    raw: RawStatement<'c>,
    /// The columns whose types only sqlx knows, found so far.
    unknown: Vec<UnknownColumn>,
    /// True if values were missed the last time, so that others are likely to be missed again.
    missed: bool,
}

/// The number of statements kept: those for a batch and each of its relations, for the first batch
/// and the others, and for lists of keys of some lengths.
const MOST_PREPARED: usize = 32;

impl<'c> Prepared<'c> {
    /// Takes out the statement of a text, or prepares it. Putting it back makes it the last used.
    fn take(
        &mut self,
        connection: &'c Locked<'_>,
        sql: &str,
    ) -> Result<PreparedStatement<'c>, Failed> {
        match self.0.iter().position(|kept| kept.sql == sql) {
            Some(place) => Ok(self.0.remove(place)),
            None => Ok(PreparedStatement {
                sql: sql.to_owned(),
                raw: prepare(connection, sql)?,
                unknown: Vec::new(),
                missed: false,
            }),
        }
    }

    fn put_back(&mut self, kept: PreparedStatement<'c>) {
        if self.0.len() == MOST_PREPARED {
            self.0.remove(0);
        }
        self.0.push(kept);
    }
}

/// Prepares a statement, whose parameters must be plain: sqlx has rules of its own for others.
fn prepare<'c>(connection: &'c Locked<'_>, sql: &str) -> Result<RawStatement<'c>, Failed> {
    let raw = RawStatement::prepare(connection, sql)?;
    raw.has_plain_parameters()?;
    Ok(raw)
}

/// Reads all rows into the sink, if everything is as expected and somebody still waits for them.
pub(super) fn read<'c, S: Sink<Sqlite>>(
    connection: &'c Locked<'_>,
    prepared: &mut Prepared<'c>,
    seen: &RefCell<Seen>,
    statement: &Statement<Sqlite>,
    sink: &S,
    is_abandoned: impl Fn() -> bool,
) -> Result<S, BoxDynError> {
    let started = Instant::now();
    let mut kept = prepared.take(connection, &statement.sql)?;
    bind(&mut kept.raw, statement)?;
    let sink = if kept.missed {
        buffered(&mut kept, seen, sink, is_abandoned)?
    } else if let Some(sink) = streamed(&mut kept, seen, sink.anew(), &is_abandoned)? {
        sink
    } else {
        kept.raw.reset();
        buffered(&mut kept, seen, sink, is_abandoned)?
    };
    kept.raw.reset();
    log(&kept.sql, sink.count(), started);
    prepared.put_back(kept);
    Ok(sink)
}

/// Reads the rows one by one into the sink, unless a value was not seen before.
fn streamed<S: Sink<Sqlite>>(
    PreparedStatement { raw, unknown, .. }: &mut PreparedStatement<'_>,
    seen: &RefCell<Seen>,
    mut sink: S,
    is_abandoned: impl Fn() -> bool,
) -> Result<Option<S>, BoxDynError> {
    while let Some(row) = raw.next()? {
        if is_abandoned() {
            return Err(ABANDONED.into());
        }
        if let Some(column) = push(&mut sink, Cells::Current(row), seen)? {
            if !unknown.iter().any(|known| known.is(&column)) {
                unknown.push(column);
            }
            return Ok(None);
        }
    }
    Ok(Some(sink))
}

/// Reads all rows, and then learns their values until all of them decode.
fn buffered<S: Sink<Sqlite>>(
    PreparedStatement { raw, unknown, missed, .. }: &mut PreparedStatement<'_>,
    seen: &RefCell<Seen>,
    sink: &S,
    is_abandoned: impl Fn() -> bool,
) -> Result<S, BoxDynError> {
    let mut buffer = Buffer::default();
    while let Some(row) = raw.next()? {
        if is_abandoned() {
            return Err(ABANDONED.into());
        }
        buffer.push(row)?;
    }
    *missed = false;
    loop {
        *missed |= seen.borrow_mut().learn(buffer.rows(), unknown)?;
        let mut sink = sink.anew();
        let mut rows = buffer.rows();
        let column = loop {
            let Some(row) = rows.next() else { return Ok(sink) };
            if let Some(column) = push(&mut sink, Cells::Buffered(row), seen)? {
                break column;
            }
        };
        if unknown.iter().any(|known| known.is(&column)) {
            return Err(Failed("a value is not found again").into());
        }
        unknown.push(column);
    }
}

const ABANDONED: Failed = Failed("nobody waits for it");

/// Gives the sink a row, or returns the column whose value was not seen before.
fn push<S: Sink<Sqlite>>(
    sink: &mut S,
    cells: Cells<'_>,
    seen: &RefCell<Seen>,
) -> Result<Option<UnknownColumn>, BoxDynError> {
    let pushed = sink.push(Row { cells, seen });
    // The sink may take a row that does not decode for the end of the batch.
    let missed = seen.borrow_mut().take_missed();
    if missed.is_none() {
        pushed?;
    }
    Ok(missed)
}

/// Binds the arguments of a statement.
fn bind(raw: &mut RawStatement<'_>, statement: &Statement<Sqlite>) -> Result<(), BoxDynError> {
    let echoed;
    let values = if let Some(values) = &statement.values {
        values
    } else {
        echoed = echo::bound(statement.arguments.clone())?;
        &echoed
    };
    let values: Vec<_> = values
        .iter()
        .map(|value| match value {
            RawValue::Null => Ok(None),
            RawValue::Sqlite(value) => Ok(Some(value)),
            _ => Err(Failed("it has a value of another database")),
        })
        .collect::<Result<_, _>>()?;
    Ok(raw.bind(values.into_iter())?)
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
