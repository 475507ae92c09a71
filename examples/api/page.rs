//! `GET /flights`: one page, and links to the pages around it.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use serde::{Deserialize, Serialize};
use sqlx::SqlitePool;
use sqlx_chunked::Cursor;

use crate::{
    error::ApiError,
    flight::{Flight, Flights, flights},
};

/// The parameters of a request; a link to another page is the same request with another cursor.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    carrier: Option<String>,
    #[serde(default)]
    order: Order,
    #[serde(default)]
    descending: bool,
    #[serde(default)]
    limit: Limit,
    after: Option<Cursor<Flight>>,
    before: Option<Cursor<Flight>>,
}

#[derive(Clone, Copy, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    #[default]
    Id,
    Time,
    Delay,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "usize")]
struct Limit(usize);

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<usize> for Limit {
    type Error = &'static str;

    fn try_from(rows: usize) -> Result<Self, Self::Error> {
        if (1..=1_000).contains(&rows) {
            Ok(Self(rows))
        } else {
            Err("a page has 1 to 1000 flights")
        }
    }
}

#[derive(Serialize)]
pub(crate) struct Page {
    flights: Vec<Flight>,
    next: Option<String>,
    previous: Option<String>,
}

pub(crate) async fn get(
    State(pool): State<SqlitePool>,
    params: Result<Query<Params>, QueryRejection>,
) -> Result<Json<Page>, ApiError> {
    let Query(params) = params?;
    let flights = flights(&pool, params.carrier.as_deref());
    // Each order is a type of its own, so that one that could tie would not compile. A generic
    // function does the work for all of them.
    match params.order {
        Order::Id => read(flights, params).await,
        Order::Time => {
            let flights =
                flights.order_by(|f| f.time_hour.asc().then(f.carrier.asc()).then(f.number.asc()));
            read(flights, params).await
        }
        Order::Delay => {
            let flights = flights.order_by(|f| f.arr_delay.asc().then(f.id.asc()));
            read(flights, params).await
        }
    }
}

async fn read<K>(mut flights: Flights<K>, mut params: Params) -> Result<Json<Page>, ApiError> {
    if params.descending {
        flights = flights.reverse();
    }
    flights = match (params.after.take(), params.before.take()) {
        (None, None) => flights,
        (Some(cursor), None) => flights.after(cursor),
        (None, Some(cursor)) => flights.before(cursor),
        (Some(_), Some(_)) => {
            return Err(ApiError::BadRequest("`after` and `before` exclude each other".into()));
        }
    };
    let page = flights.batch_size(params.limit.0).page().await?;
    let link = |after, before| Params { after, before, ..params.clone() }.link();
    Ok(Json(Page {
        flights: page.rows,
        next: page.next.map(|cursor| link(Some(cursor), None)),
        previous: page.previous.map(|cursor| link(None, Some(cursor))),
    }))
}

impl Params {
    fn link(&self) -> String {
        let query = serde_urlencoded::to_string(self).expect("all parameters are plain values");
        format!("/flights?{query}")
    }
}
