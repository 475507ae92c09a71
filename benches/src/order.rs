//! A row as real tables have them: with times, a UUID, an enum, a newtype and JSON.

use std::hint::black_box;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, Type, types::Json};
use sqlx_chunked::Chunked;
use uuid::Uuid;

use crate::entry::Totals;

/// A row with types that the library reads directly.
#[derive(Debug, Chunked, FromRow)]
#[chunked(table = "chunked_bench_orders")]
pub(crate) struct Order {
    #[chunk_key]
    #[chunked(primary_key)]
    pub(crate) id: i64,
    pub(crate) uid: Uuid,
    pub(crate) created: DateTime<Utc>,
    pub(crate) shipped: Option<DateTime<Utc>>,
    pub(crate) title: String,
}

/// The same row, with types of the program's own.
#[derive(Debug, Clone, Chunked, FromRow)]
#[chunked(table = "chunked_bench_orders")]
pub(crate) struct FullOrder {
    #[chunk_key]
    #[chunked(primary_key)]
    pub(crate) id: i64,
    pub(crate) uid: Uuid,
    pub(crate) created: DateTime<Utc>,
    pub(crate) shipped: Option<DateTime<Utc>>,
    pub(crate) title: String,
    pub(crate) customer_id: CustomerId,
    pub(crate) state: State,
    pub(crate) details: Json<Details>,
}

/// The same row, as far as related ones are of interest.
#[derive(Debug, Chunked)]
#[chunked(table = "chunked_bench_orders")]
pub(crate) struct Linked {
    #[chunk_key]
    #[chunked(primary_key)]
    pub(crate) id: i64,
    pub(crate) shipped: Option<DateTime<Utc>>,
    pub(crate) title: String,
    pub(crate) customer_id: i64,
}

/// The order whose id is a `customer_id`. No order has the id 0.
#[derive(Debug, Chunked)]
#[chunked(table = "chunked_bench_orders")]
#[expect(dead_code, reason = "only the id is looked at")]
pub(crate) struct Customer {
    #[chunk_key]
    #[chunked(primary_key)]
    pub(crate) id: i64,
    title: String,
}

#[derive(Debug, Clone, Copy, Type)]
#[sqlx(transparent)]
pub(crate) struct CustomerId(pub(crate) i64);

#[derive(Debug, Clone, Copy, Type)]
#[sqlx(type_name = "chunked_bench_state", rename_all = "lowercase")]
pub(crate) enum State {
    Open,
    Paid,
    Shipped,
}

impl State {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Shipped => "shipped",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Open, Self::Paid, Self::Shipped].into_iter().find(|state| state.name() == name)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Details {
    pub(crate) note: String,
    pub(crate) items: Vec<i64>,
}

/// A row whose totals can be added up.
pub(crate) trait Tally: Send + 'static {
    fn tally(&self, totals: &mut Totals);
}

impl Tally for Order {
    fn tally(&self, totals: &mut Totals) {
        black_box((&self.created, &self.uid));
        totals.count(self.id, self.title.len(), self.shipped.is_none());
    }
}

impl Tally for Linked {
    fn tally(&self, totals: &mut Totals) {
        totals.count(self.id + self.customer_id, self.title.len(), self.shipped.is_none());
    }
}

impl Tally for FullOrder {
    fn tally(&self, totals: &mut Totals) {
        black_box((&self.created, &self.uid, &self.state));
        let bytes = self.title.len() + self.details.note.len() + self.details.items.len();
        totals.count(self.id + self.customer_id.0, bytes, self.shipped.is_none());
    }
}
