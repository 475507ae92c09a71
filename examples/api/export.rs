//! `GET /flights.ndjson`: all flights, one line of JSON each, in flat memory.

use axum::{
    BoxError,
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::header::CONTENT_TYPE,
    response::IntoResponse,
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use sqlx::SqlitePool;
use sqlx_chunked::Batch;

use crate::{
    error::ApiError,
    flight::{Flight, flights},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    carrier: Option<String>,
}

/// The server asks the stream for a batch when the client has room for it, and drops the stream
/// after the client has gone away. In between, it holds no connection to the database.
pub(crate) async fn get(
    State(pool): State<SqlitePool>,
    params: Result<Query<Params>, QueryRejection>,
) -> Result<impl IntoResponse, ApiError> {
    let Query(Params { carrier }) = params?;
    let mut batches = flights(&pool, carrier.as_deref());
    // An error of the first query still comes in time to set the status. A later one cuts the body
    // short, which the client notices.
    let first = batches.try_next().await?;
    let lines = stream::iter(first.map(Ok))
        .chain(batches)
        .map(|batch| ndjson(&batch?))
        .inspect_err(|error| eprintln!("an export was cut short: {error}"));
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)))
}

fn ndjson(batch: &Batch<Flight>) -> Result<Vec<u8>, BoxError> {
    let mut lines = Vec::new();
    for flight in batch {
        serde_json::to_writer(&mut lines, flight)?;
        lines.push(b'\n');
    }
    Ok(lines)
}
