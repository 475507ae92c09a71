//! Rows with related ones by 1,000 different keys a batch: keys that follow one another, and keys from
//! all over the table.

use futures_util::TryStreamExt;
use sqlx::{Pool, Sqlite, SqlitePool};

use super::Contender;
use crate::{
    Error,
    entry::Totals,
    order::{Customer, Linked, Tally as _},
};

/// Each order with the one of its own id: the keys of a batch follow one another.
pub(super) struct Dense(SqlitePool);

/// Each order with the one whose id is its `customer_id`: the keys of a batch are from all over the table.
pub(super) struct Spread(SqlitePool);

macro_rules! with_related {
    ($contender:ident by $column:ident) => {
        impl Contender for $contender {
            async fn open(url: &str) -> Result<Self, Error> {
                Ok(Self(Pool::<Sqlite>::connect(url).await?))
            }

            async fn read(&mut self) -> Result<Totals, Error> {
                let mut totals = Totals::default();
                let mut batches =
                    Linked::batch_iter(&self.0).with_optional::<Customer>(|order| order.$column);
                while let Some(batch) = batches.try_next().await? {
                    for (order, customer) in &batch {
                        if customer.as_ref().is_some_and(|customer| customer.id != order.$column) {
                            return Err(format!("order {} came with {customer:?}", order.id).into());
                        }
                        order.tally(&mut totals);
                    }
                }
                Ok(totals)
            }
        }
    };
}

with_related!(Dense by id);
with_related!(Spread by customer_id);
