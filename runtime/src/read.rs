//! From a statement to a batch: rows are decoded as they arrive, and their keys compared.

use std::future::poll_fn;

use crate::{
    backend::{Backend, Statement},
    error::Error,
    key::{Key, Keys},
    raw::RawValue,
    row::{AnyRow, ColumnError, Layout, ReadRow, RowReader},
};
use futures_core::stream::BoxStream;

/// What to send for one batch, and what to expect.
pub struct Request<DB: Backend> {
    pub(crate) statement: Statement<DB>,
    /// Asks for NULLs in the key, should there be no row to report them.
    pub(crate) nulls: Option<Statement<DB>>,
    pub(crate) expected: Expected,
    /// Whether to read it without the driver.
    pub(crate) direct: bool,
}

impl<DB: Backend> Clone for Request<DB> {
    fn clone(&self) -> Self {
        let Self { statement, nulls, expected, direct } = self;
        Self {
            statement: statement.clone(),
            nulls: nulls.clone(),
            expected: expected.clone(),
            direct: *direct,
        }
    }
}

/// What is known of the rows of a batch before they arrive.
#[derive(Clone)]
pub(crate) struct Expected {
    pub(crate) key: Key,
    /// The key of the row that the last batch ended with.
    pub(crate) position: Option<Vec<RawValue>>,
    /// How many rows to hand out at most; one more is only looked at.
    pub(crate) rows: u64,
    /// Whether none was read before.
    pub(crate) first: bool,
    /// The key column whose NULLs the statement reports in its last column.
    pub(crate) nulls_of: Option<usize>,
}

/// The rows of one statement.
pub struct Fetched<M> {
    pub(crate) rows: Vec<M>,
    pub(crate) keys: Keys,
    /// Whether a further row was seen.
    pub(crate) more: bool,
    /// Whether they were read without the driver.
    pub(crate) direct: bool,
}

/// Why no batch was read.
pub(crate) enum Failure {
    /// The statement failed.
    Query { source: sqlx::Error, rows_seen: bool },
    /// A row is not as it should be.
    Rows(Error),
}

impl From<sqlx::Error> for Failure {
    fn from(source: sqlx::Error) -> Self {
        Self::Query { source, rows_seen: false }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Rows(error)
    }
}

/// Reads one batch on a connection.
pub(crate) async fn batch<M, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
) -> Result<Fetched<M>, Failure>
where
    M: ReadRow<DB>,
    DB: Backend,
{
    let Request { statement, nulls, expected, .. } = request;
    let fetched = fetch(connection, statement, &expected).await?;
    if let Some(statement) = nulls.filter(|_| fetched.rows.is_empty()) {
        let mut stream = DB::fetch(connection, statement);
        while let Some(row) = next(&mut stream).await? {
            check_nulls::<DB>(AnyRow::Driver(&row), &expected)?;
        }
    }
    Ok(fetched)
}

async fn fetch<M, DB>(
    connection: &mut DB::Connection,
    statement: Statement<DB>,
    expected: &Expected,
) -> Result<Fetched<M>, Failure>
where
    M: ReadRow<DB>,
    DB: Backend,
{
    let mut batch = Collector::<M>::new(expected);
    let mut failed = None;
    let mut stream = DB::fetch(connection, statement);
    let mut rows_seen = false;
    while let Some(row) =
        next(&mut stream).await.map_err(|source| Failure::Query { source, rows_seen })?
    {
        rows_seen = true;
        // After a failure the rest is still drained: a stream dropped half-read leaves its rows
        // to whoever uses the connection next.
        if failed.is_none() {
            failed = batch.push::<DB>(AnyRow::Driver(&row), expected).err();
        }
    }
    failed.map_or(Ok(batch.finish()), |error| Err(error.into()))
}

async fn next<R>(
    stream: &mut BoxStream<'_, Result<R, sqlx::Error>>,
) -> Result<Option<R>, sqlx::Error> {
    poll_fn(|context| stream.as_mut().poll_next(context)).await.transpose()
}

/// Learns and checks what holds for all rows of a statement.
fn first_row<DB: Backend>(row: AnyRow<'_, DB>, expected: &Expected) -> Result<Layout, Error> {
    check_nulls::<DB>(row, expected)?;
    let layout = Layout::of::<DB>(expected.key.model, row);
    expected.key.check::<DB>(row, &layout)?;
    Ok(layout)
}

/// Looks at the last column of the first statement's rows, where it reports NULLs in the key.
fn check_nulls<DB: Backend>(row: AnyRow<'_, DB>, expected: &Expected) -> Result<(), Error> {
    let Some(column) = expected.nulls_of else { return Ok(()) };
    match row.last_flag() {
        Ok(false) => Ok(()),
        Ok(true) => Err(expected.key.null(column)),
        Err(source) => Err(expected.key.refused(sqlx::Error::Decode(source))),
    }
}

/// A batch as it fills.
pub(crate) struct Collector<M> {
    layout: Option<Layout>,
    fetched: Fetched<M>,
}

impl<M> Collector<M> {
    pub(crate) fn new(expected: &Expected) -> Self {
        // A table that filled a batch is likely to fill another.
        let full = usize::try_from(expected.rows).unwrap_or(usize::MAX).min(MOST_RESERVED);
        let rows = Vec::with_capacity(if expected.first { 0 } else { full });
        let keys = Keys::new(expected.key.order.len());
        Self { layout: None, fetched: Fetched { rows, keys, more: false, direct: false } }
    }

    pub(crate) fn push<DB: Backend>(
        &mut self,
        row: AnyRow<'_, DB>,
        expected: &Expected,
    ) -> Result<(), Error>
    where
        M: ReadRow<DB>,
    {
        let Expected { key, position, rows, .. } = expected;
        let Self { layout, fetched } = self;
        let layout = match layout {
            Some(layout) => &*layout,
            None => layout.insert(first_row::<DB>(row, expected)?),
        };
        let Fetched { rows: batch, keys, more, .. } = fetched;
        key.take::<DB>(row, layout, keys)?;
        match (keys.last_two(), position) {
            ((Some(before), this), _) if before == this => return Err(key.duplicate(this)),
            ((None, this), Some(position)) if position == this => {
                return Err(key.no_progress(this));
            }
            _ => {}
        }
        // The one row more than asked for tells that more follow, and is read again by the next
        // statement.
        *more = batch.len() as u64 == *rows;
        if *more {
            keys.pop();
            return Ok(());
        }
        let reader = RowReader { model: key.model, layout, row };
        let row = M::read_row(&reader).map_err(|ColumnError { column, source }| Error::Decode {
            model: key.model.name,
            column: column.into_owned(),
            source,
        })?;
        batch.push(row);
        Ok(())
    }

    /// The rows, once there are no more.
    pub(crate) fn finish(self) -> Fetched<M> {
        self.fetched
    }
}

/// How many rows there is room for before they are read.
const MOST_RESERVED: usize = 10_000;
