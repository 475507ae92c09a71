//! The table as the API shows it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{Sqlite, SqlitePool};
use sqlx_chunked::{BatchIter, Chunked};

#[derive(Serialize, Chunked)]
#[chunked(table = "flights", unique(time_hour, carrier, number))]
pub(crate) struct Flight {
    #[chunk_key]
    #[chunked(primary_key)]
    pub(crate) id: i64,
    pub(crate) time_hour: DateTime<Utc>,
    pub(crate) carrier: String,
    #[chunked(rename = "flight")]
    #[serde(rename = "flight")]
    pub(crate) number: i32,
    pub(crate) origin: String,
    pub(crate) dest: String,
    pub(crate) dep_delay: Option<i32>,
    pub(crate) arr_delay: Option<i32>,
}

/// Flights in an order whose key is `K`.
pub(crate) type Flights<K> = BatchIter<'static, Flight, Sqlite, K>;

/// Returns the flights of one carrier, or all, in the order of their chunk key.
pub(crate) fn flights(
    pool: &SqlitePool,
    carrier: Option<&str>,
) -> Flights<<Flight as Chunked>::Key> {
    let flights = Flight::batch_iter(pool);
    match carrier {
        Some(carrier) => flights.filter(|f| f.carrier.eq(carrier)),
        None => flights,
    }
}
