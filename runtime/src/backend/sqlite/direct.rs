//! Reads a statement on the connection's own handle, instead of row by row from sqlx's thread.

use std::mem;

use sqlx::{Sqlite, error::BoxDynError};

use super::{
    buffer::Buffer,
    echo,
    handle::{Failed, Locked, RawStatement},
};
use crate::backend::{statement::Statement, value::RawValue};

/// Statements prepared on a connection and kept for the next batches.
#[derive(Default)]
pub(super) struct Prepared<'c>(Vec<PreparedStatement<'c>>);

/// A prepared statement.
struct PreparedStatement<'c> {
    sql: String,
    raw: RawStatement<'c>,
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
            None => Ok(PreparedStatement { sql: sql.to_owned(), raw: prepare(connection, sql)? }),
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

/// Where the rows of a statement go, in portions.
pub(super) trait Portions {
    /// Returns an empty buffer for the next rows.
    fn room(&mut self) -> Buffer;

    /// Takes the rows that were read so far.
    fn send(&mut self, rows: Buffer);

    /// Returns whether nobody waits for the rows any more.
    fn is_abandoned(&self) -> bool;
}

/// The number of rows in a portion: while some are decoded, the next ones are read. To hand over
/// fewer takes as long as to read them, and with more, the caller waits for the first and the thread
/// for the last ones.
const ROWS: usize = 128;

/// The number of bytes that make a portion of any number of rows.
const MOST_BYTES: usize = 1 << 18;

/// Reads all rows, if everything is as expected and somebody still waits for them. Returns the last
/// ones.
pub(super) fn read<'c>(
    connection: &'c Locked<'_>,
    prepared: &mut Prepared<'c>,
    statement: &Statement<Sqlite>,
    portions: &mut impl Portions,
) -> Result<Buffer, BoxDynError> {
    let mut kept = prepared.take(connection, &statement.sql)?;
    bind(&mut kept.raw, statement)?;
    let mut rows = portions.room();
    while let Some(row) = kept.raw.next()? {
        if portions.is_abandoned() {
            return Err(Failed("nobody waits for it").into());
        }
        if rows.len() == ROWS || rows.size() > MOST_BYTES {
            let next = portions.room();
            portions.send(mem::replace(&mut rows, next));
        }
        rows.push(row)?;
    }
    kept.raw.reset();
    prepared.put_back(kept);
    Ok(rows)
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
