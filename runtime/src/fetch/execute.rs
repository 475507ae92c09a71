//! Sends one statement on a connection, and takes all of its rows.

use std::{
    future::poll_fn,
    task::{Poll, ready},
};

use futures_core::stream::BoxStream;
use sqlx::{Connection as _, Either};

use super::{collect::Collect, request::Request};
use crate::{
    backend::{Backend, driver::Event, statement::Statement},
    error::Error,
};

/// The reason why no batch was read.
pub(crate) enum Failure {
    /// The statement failed.
    Query { source: sqlx::Error, rows_seen: bool },
    /// A row is not as expected.
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

/// Reads the rows of a statement on a connection.
pub(super) async fn read<S, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
    sink: S,
) -> Result<S, Failure>
where
    S: Collect<DB>,
    DB: Backend,
{
    let selects_everything = request.selects_everything();
    DB::refresh(connection, selects_everything).await?;
    fetch(connection, request.statement, sink).await
}

async fn fetch<S, DB>(
    connection: &mut DB::Connection,
    statement: Statement<DB>,
    sink: S,
) -> Result<S, Failure>
where
    S: Collect<DB>,
    DB: Backend,
{
    match fetch_once(connection, statement.clone(), sink.anew()).await {
        // Nothing was handed out, and trying again loses nothing, in a transaction or not.
        Err(Failure::Query { source, rows_seen: false }) if DB::is_outdated(&source) => {
            connection.clear_cached_statements().await?;
            let again = fetch_once(connection, statement, sink).await;
            again.map_err(|failure| match failure {
                Failure::Query { source: after, .. } if DB::is_aborted(&after) => source.into(),
                failure => failure,
            })
        }
        batch => batch,
    }
}

async fn fetch_once<S, DB>(
    connection: &mut DB::Connection,
    statement: Statement<DB>,
    mut sink: S,
) -> Result<S, Failure>
where
    S: Collect<DB>,
    DB: Backend,
{
    let mut failed = None;
    let mut rows_seen = false;
    let stream = DB::fetch(connection, statement);
    let drained = drain::<DB>(stream, |row| {
        rows_seen = true;
        if failed.is_none() {
            failed = sink.push(row).err();
        }
    });
    drained.await.map_err(|source| Failure::Query { source, rows_seen })?;
    failed.map_or(Ok(sink), |error| Err(error.into()))
}

/// Sends a statement that writes, and returns the number of rows that it wrote.
pub(super) async fn write<DB: Backend>(
    connection: &mut DB::Connection,
    statement: Statement<DB>,
) -> Result<u64, sqlx::Error> {
    drain::<DB>(DB::fetch(connection, statement), |_| {}).await
}

/// Returns the rows of a statement of our own.
pub(super) async fn rows<DB: Backend>(
    connection: &mut DB::Connection,
    statement: Statement<DB>,
) -> Result<Vec<DB::Row>, sqlx::Error> {
    let mut rows = Vec::new();
    drain::<DB>(DB::fetch(connection, statement), |row| rows.push(row)).await?;
    Ok(rows)
}

/// Takes all rows of a statement, even if the first of them is enough: a stream dropped half-read
/// leaves its rows to whoever uses the connection next. Returns the number of rows that it wrote.
async fn drain<DB: Backend>(
    mut stream: BoxStream<'_, Result<Event<DB>, sqlx::Error>>,
    mut take: impl FnMut(DB::Row),
) -> Result<u64, sqlx::Error> {
    let mut ended = false;
    let mut written = 0;
    // One future for all rows, rather than one for each.
    poll_fn(|context| {
        loop {
            match ready!(stream.as_mut().poll_next(context)) {
                Some(Ok(Either::Right(row))) => take(row),
                Some(Ok(Either::Left(result))) => {
                    ended = true;
                    written += DB::rows_affected(&result);
                }
                Some(Err(error)) => return Poll::Ready(Err(error)),
                None if ended => return Poll::Ready(Ok(written)),
                // A driver that panics on its own thread just stops.
                None => return Poll::Ready(Err(sqlx::Error::WorkerCrashed)),
            }
        }
    })
    .await
}
