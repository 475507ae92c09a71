//! From a statement to a batch: rows are decoded as they arrive, and their keys compared.

use std::future::poll_fn;

use futures_core::stream::BoxStream;
use sqlx::Row as _;

use crate::{
    backend::{Backend, Statement},
    error::Error,
    key::{Key, Keys},
    raw::RawValue,
    row::{ColumnError, Layout, ReadRow, RowReader},
    source::Link,
};

/// What to send for one batch, and what to expect.
pub(crate) struct Request<DB: Backend> {
    pub(crate) statement: Statement<DB>,
    /// Asks for NULLs in the key, should there be no row to report them.
    pub(crate) nulls: Option<Statement<DB>>,
    pub(crate) expected: Expected,
}

/// What is known of the rows of a batch before they arrive.
pub(crate) struct Expected {
    pub(crate) key: Key,
    /// The key of the row that the last batch ended with.
    pub(crate) position: Option<Vec<RawValue>>,
    /// How many rows to hand out at most; one more is only looked at.
    pub(crate) rows: u64,
    /// The key column whose NULLs the statement reports in its last column.
    pub(crate) nulls_of: Option<usize>,
}

/// The rows of one statement.
pub(crate) struct Fetched<M> {
    pub(crate) rows: Vec<M>,
    pub(crate) keys: Keys,
    /// Whether a further row was seen.
    pub(crate) more: bool,
}

impl<DB: Backend> Link<'_, DB> {
    /// Reads one batch. A connection taken from a pool is back there when this returns.
    pub(crate) async fn read<M: ReadRow<DB>>(
        &mut self,
        request: Request<DB>,
    ) -> Result<Fetched<M>, Error> {
        match self {
            Self::Pool(pool) => {
                let mut connection =
                    pool.acquire().await.map_err(|source| request.expected.key.refused(source))?;
                read(&mut *connection, request).await
            }
            Self::Connection(connection) => read(&mut **connection, request).await,
            Self::Transaction(transaction) => read(&mut **transaction, request).await,
            Self::Borrowed(connection) => read(&mut **connection, request).await,
        }
    }
}

async fn read<M, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
) -> Result<Fetched<M>, Error>
where
    M: ReadRow<DB>,
    DB: Backend,
{
    let Request { statement, nulls, expected } = request;
    let fetched = fetch(connection, statement, &expected).await?;
    if let Some(statement) = nulls.filter(|_| fetched.rows.is_empty()) {
        let mut stream = DB::fetch(connection, statement);
        while let Some(row) = next(&mut stream, &expected.key).await? {
            check_nulls::<DB>(&row, &expected)?;
        }
    }
    Ok(fetched)
}

async fn fetch<M, DB>(
    connection: &mut DB::Connection,
    statement: Statement<DB>,
    expected: &Expected,
) -> Result<Fetched<M>, Error>
where
    M: ReadRow<DB>,
    DB: Backend,
{
    let mut batch = Collector::<M>::new(expected);
    let mut failed = None;
    let mut stream = DB::fetch(connection, statement);
    while let Some(row) = next(&mut stream, &expected.key).await? {
        // After a failure the rest is still drained: a stream dropped half-read leaves its rows
        // to whoever uses the connection next.
        if failed.is_none() {
            failed = batch.push::<DB>(&row, expected).err();
        }
    }
    failed.map_or(Ok(batch.fetched), Err)
}

async fn next<R>(
    stream: &mut BoxStream<'_, Result<R, sqlx::Error>>,
    key: &Key,
) -> Result<Option<R>, Error> {
    let row = poll_fn(|context| stream.as_mut().poll_next(context)).await;
    row.transpose().map_err(|source| key.refused(source))
}

/// Looks at the last column of the first statement's rows, where it reports NULLs in the key.
fn check_nulls<DB: Backend>(row: &DB::Row, expected: &Expected) -> Result<(), Error> {
    let Some(column) = expected.nulls_of else { return Ok(()) };
    match DB::flag(row, row.len() - 1) {
        Ok(false) => Ok(()),
        Ok(true) => Err(expected.key.null(column)),
        Err(source) => Err(expected.key.refused(source)),
    }
}

/// A batch as it fills.
struct Collector<M> {
    layout: Option<Layout>,
    fetched: Fetched<M>,
}

impl<M> Collector<M> {
    fn new(expected: &Expected) -> Self {
        let keys = Keys::new(expected.key.order.len());
        Self { layout: None, fetched: Fetched { rows: Vec::new(), keys, more: false } }
    }

    fn push<DB: Backend>(&mut self, row: &DB::Row, expected: &Expected) -> Result<(), Error>
    where
        M: ReadRow<DB>,
    {
        let Expected { key, position, rows, .. } = expected;
        if self.layout.is_none() {
            check_nulls::<DB>(row, expected)?;
        }
        let layout = self.layout.get_or_insert_with(|| Layout::of::<DB>(key.model, row));
        let values = key.take::<DB>(row, layout)?;
        match (self.fetched.keys.last(), position) {
            (Some(last), _) if last == values => return Err(key.duplicate(&values)),
            (None, Some(position)) if *position == values => return Err(key.no_progress(&values)),
            _ => {}
        }
        // The one row more than asked for tells that more follow, and is read again by the next
        // statement.
        self.fetched.more = self.fetched.rows.len() as u64 == *rows;
        if !self.fetched.more {
            let reader = RowReader { model: key.model, layout, row };
            let row = M::read_row(&reader).map_err(|ColumnError { column, source }| {
                Error::Decode { model: key.model.name, column: column.into_owned(), source }
            })?;
            self.fetched.rows.push(row);
            self.fetched.keys.push(values);
        }
        Ok(())
    }
}
