//! Readers of the orders: this library, sqlx and rusqlite.

use std::marker::PhantomData;

use futures_util::TryStreamExt;
use rusqlite::{Connection, Row, params};
use sqlx::{Database, FromRow, MySql, Pool, Postgres, Sqlite, SqlitePool, query_as, types::Json};
use sqlx_chunked::{Backend, ReadRow};

use super::Contender;
use crate::{
    BATCH, Error, database,
    entry::Totals,
    order::{CustomerId, FullOrder, Order, State, Tally},
};

/// `batch_iter(&pool)`, which reads some batches ahead.
pub(super) struct Batches<DB: Backend, M, const AHEAD: usize = 0>(Pool<DB>, PhantomData<M>);

impl<DB, M, const AHEAD: usize> Contender for Batches<DB, M, AHEAD>
where
    DB: Backend,
    M: ReadRow<DB> + Tally,
{
    async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self(Pool::connect(url).await?, PhantomData))
    }

    async fn read(&mut self) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let mut batches = M::batch_iter(&self.0).read_ahead(AHEAD);
        while let Some(batch) = batches.try_next().await? {
            for order in &batch {
                order.tally(&mut totals);
            }
        }
        Ok(totals)
    }
}

/// `batch_iter(connection)`, which takes the connection.
pub(super) struct BatchesOfConnection<M>(SqlitePool, PhantomData<M>);

/// `batch_iter(transaction)`, which takes the transaction.
pub(super) struct BatchesOfTransaction<M>(SqlitePool, PhantomData<M>);

macro_rules! by_value {
    ($contender:ident: $source:ident) => {
        impl<M: ReadRow<Sqlite> + Tally> Contender for $contender<M> {
            async fn open(url: &str) -> Result<Self, Error> {
                Ok(Self(Pool::connect(url).await?, PhantomData))
            }

            async fn read(&mut self) -> Result<Totals, Error> {
                let mut totals = Totals::default();
                let mut batches = M::batch_iter(self.0.$source().await?);
                while let Some(batch) = batches.try_next().await? {
                    for order in &batch {
                        order.tally(&mut totals);
                    }
                }
                Ok(totals)
            }
        }
    };
}

by_value!(BatchesOfConnection: acquire);
by_value!(BatchesOfTransaction: begin);

/// One query of sqlx for all rows, read one by one.
pub(super) struct Fetch<DB: Database, M>(Pool<DB>, PhantomData<M>);

/// A query of sqlx for each batch, each on a connection of the pool.
pub(super) struct Keyset<DB: Database, M>(Pool<DB>, PhantomData<M>);

/// Not generic over the database, like most such loops.
macro_rules! by_hand {
    ($DB:ty, $last:literal, $limit:literal) => {
        impl<M> Contender for Fetch<$DB, M>
        where
            M: for<'r> FromRow<'r, <$DB as Database>::Row> + Columns,
        {
            async fn open(url: &str) -> Result<Self, Error> {
                Ok(Self(Pool::connect(url).await?, PhantomData))
            }

            async fn read(&mut self) -> Result<Totals, Error> {
                let mut totals = Totals::default();
                let sql = format!("SELECT {} FROM chunked_bench_orders", M::COLUMNS);
                let mut orders = query_as::<$DB, M>(sqlx::AssertSqlSafe(sql)).fetch(&self.0);
                while let Some(order) = orders.try_next().await? {
                    order.tally(&mut totals);
                }
                Ok(totals)
            }
        }

        impl<M> Contender for Keyset<$DB, M>
        where
            M: for<'r> FromRow<'r, <$DB as Database>::Row> + Columns,
        {
            async fn open(url: &str) -> Result<Self, Error> {
                Ok(Self(Pool::connect(url).await?, PhantomData))
            }

            async fn read(&mut self) -> Result<Totals, Error> {
                let mut totals = Totals::default();
                let sql = keyset::<M>($last, $limit);
                let mut last = 0_i64;
                loop {
                    let batch = query_as::<$DB, M>(sqlx::AssertSqlSafe(sql.as_str()))
                        .bind(last)
                        .bind(i64::try_from(BATCH)?)
                        .fetch_all(&self.0)
                        .await?;
                    for order in &batch {
                        order.tally(&mut totals);
                    }
                    match batch.last() {
                        Some(order) if batch.len() == BATCH => last = order.id(),
                        _ => return Ok(totals),
                    }
                }
            }
        }
    };
}

by_hand!(Sqlite, "?", "?");
by_hand!(Postgres, "$1", "$2");
by_hand!(MySql, "?", "?");

fn keyset<M: Columns>(last: &str, limit: &str) -> String {
    let columns = M::COLUMNS;
    format!(
        "SELECT {columns} FROM chunked_bench_orders WHERE id > {last} ORDER BY id LIMIT {limit}"
    )
}

/// rusqlite, which reads in the calling thread, with a statement prepared once.
pub(super) struct OnRusqlite<M>(Connection, PhantomData<M>);

impl<M: Columns> Contender for OnRusqlite<M> {
    async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self(Connection::open(database::path(url))?, PhantomData))
    }

    async fn read(&mut self) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let mut last = 0;
        let mut statement = self.0.prepare(&keyset::<M>("?", "?"))?;
        loop {
            let batch: Vec<M> = statement
                .query_map(params![last, i64::try_from(BATCH)?], |row| Ok(M::of(row)))?
                .map(|row| row?)
                .collect::<Result<_, _>>()?;
            for order in &batch {
                order.tally(&mut totals);
            }
            match batch.last() {
                Some(order) if batch.len() == BATCH => last = order.id(),
                _ => return Ok(totals),
            }
        }
    }
}

/// What a loop by hand has to say of its struct.
pub(super) trait Columns: Tally + Sized + Send + Unpin + 'static {
    const COLUMNS: &str;

    fn of(row: &Row<'_>) -> Result<Self, Error>;

    fn id(&self) -> i64;
}

impl Columns for Order {
    const COLUMNS: &str = "id, uid, created, shipped, title";

    fn of(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get(0)?,
            uid: row.get(1)?,
            created: row.get(2)?,
            shipped: row.get(3)?,
            title: row.get(4)?,
        })
    }

    fn id(&self) -> i64 {
        self.id
    }
}

impl Columns for FullOrder {
    const COLUMNS: &str = "id, uid, created, shipped, title, customer_id, state, details";

    fn of(row: &Row<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: row.get(0)?,
            uid: row.get(1)?,
            created: row.get(2)?,
            shipped: row.get(3)?,
            title: row.get(4)?,
            customer_id: CustomerId(row.get(5)?),
            state: State::named(row.get_ref(6)?.as_str()?).ok_or("no such state")?,
            details: Json(serde_json::from_str(row.get_ref(7)?.as_str()?)?),
        })
    }

    fn id(&self) -> i64 {
        self.id
    }
}
