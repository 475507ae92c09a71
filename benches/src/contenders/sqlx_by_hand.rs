//! sqlx, with the loop written by hand.

use std::marker::PhantomData;

use futures_util::TryStreamExt;
use sqlx::{Database, MySql, Pool, Postgres, Sqlite, pool::PoolConnection, query_as};

use super::Contender;
use crate::{
    BATCH, Error,
    entry::{Entry, Text, Time, Totals},
};

/// One query for all rows, read one by one.
pub(super) struct Fetch<DB: Database, C>(Pool<DB>, PhantomData<C>);

/// A query for each batch, each on a connection of the pool.
pub(super) struct Keyset<DB: Database, C>(Pool<DB>, PhantomData<C>);

/// A query for each batch, all on one connection.
pub(super) struct KeysetOfConnection<DB: Database, C>(PoolConnection<DB>, PhantomData<C>);

/// Not generic, like most such loops: the bounds would be longer than the code.
macro_rules! by_hand {
    ($DB:ty, $C:ty, $keyset:literal) => {
        impl Contender for Fetch<$DB, $C> {
            async fn open(url: &str) -> Result<Self, Error> {
                Ok(Self(Pool::connect(url).await?, PhantomData))
            }

            async fn read(&mut self) -> Result<Totals, Error> {
                let mut totals = Totals::default();
                let mut entries = query_as::<$DB, Entry<$C>>(
                    "SELECT id, author_id, created, headline, score, editor_id
                     FROM chunked_bench_entries",
                )
                .fetch(&self.0);
                while let Some(entry) = entries.try_next().await? {
                    totals.add(&entry);
                }
                Ok(totals)
            }
        }

        impl Contender for Keyset<$DB, $C> {
            async fn open(url: &str) -> Result<Self, Error> {
                Ok(Self(Pool::connect(url).await?, PhantomData))
            }

            async fn read(&mut self) -> Result<Totals, Error> {
                by_hand!(loop $DB, $C, $keyset, &self.0)
            }
        }

        impl Contender for KeysetOfConnection<$DB, $C> {
            async fn open(url: &str) -> Result<Self, Error> {
                Ok(Self(Pool::connect(url).await?.acquire().await?, PhantomData))
            }

            async fn read(&mut self) -> Result<Totals, Error> {
                by_hand!(loop $DB, $C, $keyset, &mut *self.0)
            }
        }
    };
    (loop $DB:ty, $C:ty, $keyset:literal, $executor:expr) => {{
        let mut totals = Totals::default();
        let mut last = 0_i64;
        loop {
            let batch = query_as::<$DB, Entry<$C>>($keyset)
                .bind(last)
                .bind(i64::try_from(BATCH)?)
                .fetch_all($executor)
                .await?;
            totals.extend(&batch);
            match batch.last() {
                Some(entry) if batch.len() == BATCH => last = entry.id,
                _ => return Ok(totals),
            }
        }
    }};
}

by_hand!(
    Sqlite,
    Text,
    "SELECT id, author_id, created, headline, score, editor_id
     FROM chunked_bench_entries WHERE id > ? ORDER BY id LIMIT ?"
);
by_hand!(
    Sqlite,
    Time,
    "SELECT id, author_id, created, headline, score, editor_id
     FROM chunked_bench_entries WHERE id > ? ORDER BY id LIMIT ?"
);
by_hand!(
    Postgres,
    Time,
    "SELECT id, author_id, created, headline, score, editor_id
     FROM chunked_bench_entries WHERE id > $1 ORDER BY id LIMIT $2"
);
by_hand!(
    MySql,
    Time,
    "SELECT id, author_id, created, headline, score, editor_id
     FROM chunked_bench_entries WHERE id > ? ORDER BY id LIMIT ?"
);
