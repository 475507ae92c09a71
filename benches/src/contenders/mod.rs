//! The readers of the table: this library and its peers, each in the way that its users would read.

mod diesel;
mod linked;
mod orders;
mod ours;
mod rusqlite;
mod sea_orm;
mod sqlx_by_hand;
mod tokio_postgres;

use ::sqlx::{MySql, Postgres, Sqlite};
use futures_util::future::LocalBoxFuture;

use crate::{
    Error,
    data::Table,
    database::Kind,
    entry::{Text, Time, Totals},
    order::{FullOrder, Linked, Order},
};

/// One way to read the table.
trait Contender: Sized + 'static {
    /// Prepares what is not measured: the pool or the connection.
    async fn open(url: &str) -> Result<Self, Error>;

    /// Reads all rows, each into a struct of all six columns.
    async fn read(&mut self) -> Result<Totals, Error>;
}

/// A contender and its name.
pub(crate) struct Entrant {
    pub(crate) name: &'static str,
    pub(crate) table: Table,
    pub(crate) open: for<'u> fn(&'u str) -> LocalBoxFuture<'u, Result<Box<dyn Reader>, Error>>,
}

/// A contender that is ready.
pub(crate) trait Reader {
    fn read(&mut self) -> LocalBoxFuture<'_, Result<Totals, Error>>;
}

impl<C: Contender> Reader for C {
    fn read(&mut self) -> LocalBoxFuture<'_, Result<Totals, Error>> {
        Box::pin(Contender::read(self))
    }
}

fn entrant<C: Contender>(name: &'static str) -> Entrant {
    of_table::<C>(Table::Entries, name)
}

fn of_table<C: Contender>(table: Table, name: &'static str) -> Entrant {
    Entrant {
        name,
        table,
        open: |url| Box::pin(async move { Ok(Box::new(C::open(url).await?) as Box<dyn Reader>) }),
    }
}

/// The contenders' names, as comparisons use them.
pub(crate) mod name {
    pub(crate) const ITER: &str = "iter";
    pub(crate) const BATCH_ITER: &str = "batch_iter";
    pub(crate) const BATCH_ITER_CONNECTION: &str = "batch_iter, one connection";
    pub(crate) const AHEAD_1: &str = "batch_iter, read_ahead(1)";
    pub(crate) const AHEAD_2: &str = "batch_iter, read_ahead(2)";
    pub(crate) const NOT_DIRECT: &str = "batch_iter, direct(false)";
    pub(crate) const BATCH_ITER_TIMES: &str = "batch_iter, decoding times";
    pub(crate) const WITH_AUTHORS: &str = "batch_iter, with_optional";
    pub(crate) const FETCH: &str = "sqlx fetch";
    pub(crate) const FETCH_TIMES: &str = "sqlx fetch, decoding times";
    pub(crate) const KEYSET: &str = "sqlx keyset";
    pub(crate) const KEYSET_CONNECTION: &str = "sqlx keyset, one connection";
    pub(crate) const SEA_ORM: &str = "sea-orm cursor_by";
    pub(crate) const LOAD_ONE: &str = "sea-orm cursor_by, load_one";
    pub(crate) const DIESEL: &str = "diesel keyset";
    pub(crate) const RUSQLITE: &str = "rusqlite keyset";
    pub(crate) const RUSQLITE_TIMES: &str = "rusqlite keyset, decoding times";
    pub(crate) const ORDERS: &str = "orders, batch_iter";
    pub(crate) const ORDERS_AHEAD_2: &str = "orders, batch_iter, read_ahead(2)";
    pub(crate) const ORDERS_FETCH: &str = "orders, sqlx fetch";
    pub(crate) const ORDERS_KEYSET: &str = "orders, sqlx keyset";
    pub(crate) const ORDERS_RUSQLITE: &str = "orders, rusqlite keyset";
    pub(crate) const FULL_ORDERS: &str = "full orders, batch_iter";
    pub(crate) const FULL_ORDERS_CONNECTION: &str = "full orders, batch_iter, owned connection";
    pub(crate) const FULL_ORDERS_TRANSACTION: &str = "full orders, batch_iter, owned transaction";
    pub(crate) const FULL_ORDERS_FETCH: &str = "full orders, sqlx fetch";
    pub(crate) const FULL_ORDERS_KEYSET: &str = "full orders, sqlx keyset";
    pub(crate) const FULL_ORDERS_RUSQLITE: &str = "full orders, rusqlite keyset";
    pub(crate) const LINKED: &str = "linked orders, batch_iter";
    pub(crate) const LINKED_DENSE: &str = "linked orders, with 1,000 keys in a row";
    pub(crate) const LINKED_SPREAD: &str = "linked orders, with 1,000 keys from all over";
    pub(crate) const TOKIO_POSTGRES: &str = "tokio-postgres keyset";
}

/// Returns all contenders for a database, on a pool unless the name says otherwise or the library
/// has none.
pub(crate) fn of(kind: Kind) -> Vec<Entrant> {
    let mut entrants = readers_of_entries(kind);
    entrants.extend(readers_of_orders(kind));
    entrants
}

fn readers_of_entries(kind: Kind) -> Vec<Entrant> {
    match kind {
        Kind::Sqlite => vec![
            entrant::<ours::Rows<Sqlite, Text>>(name::ITER),
            entrant::<ours::Batches<Sqlite, Text>>(name::BATCH_ITER),
            entrant::<ours::BatchesOfConnection<Sqlite, Text>>(name::BATCH_ITER_CONNECTION),
            entrant::<ours::Batches<Sqlite, Text, 1>>(name::AHEAD_1),
            entrant::<ours::NotDirect>(name::NOT_DIRECT),
            entrant::<ours::WithAuthors<Sqlite, Text>>(name::WITH_AUTHORS),
            entrant::<sqlx_by_hand::Fetch<Sqlite, Text>>(name::FETCH),
            entrant::<sqlx_by_hand::Keyset<Sqlite, Text>>(name::KEYSET),
            entrant::<sqlx_by_hand::KeysetOfConnection<Sqlite, Text>>(name::KEYSET_CONNECTION),
            entrant::<sea_orm::text::CursorBy>(name::SEA_ORM),
            entrant::<sea_orm::text::LoadOne>(name::LOAD_ONE),
            entrant::<diesel::OnSqlite>(name::DIESEL),
            entrant::<rusqlite::Keyset<Text>>(name::RUSQLITE),
            entrant::<ours::Batches<Sqlite, Time>>(name::BATCH_ITER_TIMES),
            entrant::<sqlx_by_hand::Fetch<Sqlite, Time>>(name::FETCH_TIMES),
            entrant::<rusqlite::Keyset<Time>>(name::RUSQLITE_TIMES),
        ],
        Kind::Postgres => vec![
            entrant::<ours::Rows<Postgres, Time>>(name::ITER),
            entrant::<ours::Batches<Postgres, Time>>(name::BATCH_ITER),
            entrant::<ours::BatchesOfConnection<Postgres, Time>>(name::BATCH_ITER_CONNECTION),
            entrant::<ours::Batches<Postgres, Time, 1>>(name::AHEAD_1),
            entrant::<ours::Batches<Postgres, Time, 2>>(name::AHEAD_2),
            entrant::<ours::WithAuthors<Postgres, Time>>(name::WITH_AUTHORS),
            entrant::<sqlx_by_hand::Fetch<Postgres, Time>>(name::FETCH),
            entrant::<sqlx_by_hand::Keyset<Postgres, Time>>(name::KEYSET),
            entrant::<sqlx_by_hand::KeysetOfConnection<Postgres, Time>>(name::KEYSET_CONNECTION),
            entrant::<sea_orm::time::CursorBy>(name::SEA_ORM),
            entrant::<sea_orm::time::LoadOne>(name::LOAD_ONE),
            entrant::<diesel::OnPostgres>(name::DIESEL),
            entrant::<tokio_postgres::Keyset>(name::TOKIO_POSTGRES),
        ],
        Kind::MySql => vec![
            entrant::<ours::Rows<MySql, Time>>(name::ITER),
            entrant::<ours::Batches<MySql, Time>>(name::BATCH_ITER),
            entrant::<ours::BatchesOfConnection<MySql, Time>>(name::BATCH_ITER_CONNECTION),
            entrant::<ours::Batches<MySql, Time, 1>>(name::AHEAD_1),
            entrant::<ours::Batches<MySql, Time, 2>>(name::AHEAD_2),
            entrant::<ours::WithAuthors<MySql, Time>>(name::WITH_AUTHORS),
            entrant::<sqlx_by_hand::Fetch<MySql, Time>>(name::FETCH),
            entrant::<sqlx_by_hand::Keyset<MySql, Time>>(name::KEYSET),
            entrant::<sqlx_by_hand::KeysetOfConnection<MySql, Time>>(name::KEYSET_CONNECTION),
            entrant::<sea_orm::time::CursorBy>(name::SEA_ORM),
            entrant::<sea_orm::time::LoadOne>(name::LOAD_ONE),
        ],
    }
}

macro_rules! readers_on_server {
    ($DB:ty) => {
        vec![
            of_table::<orders::Batches<$DB, Order>>(Table::Orders, name::ORDERS),
            of_table::<orders::Batches<$DB, Order, 2>>(Table::Orders, name::ORDERS_AHEAD_2),
            of_table::<orders::Fetch<$DB, Order>>(Table::Orders, name::ORDERS_FETCH),
            of_table::<orders::Keyset<$DB, Order>>(Table::Orders, name::ORDERS_KEYSET),
        ]
    };
}

fn readers_of_orders(kind: Kind) -> Vec<Entrant> {
    use Table::{FullOrders, LinkedOrders, Orders};

    match kind {
        Kind::Sqlite => vec![
            of_table::<orders::Batches<Sqlite, Order>>(Orders, name::ORDERS),
            of_table::<orders::Fetch<Sqlite, Order>>(Orders, name::ORDERS_FETCH),
            of_table::<orders::Keyset<Sqlite, Order>>(Orders, name::ORDERS_KEYSET),
            of_table::<orders::OnRusqlite<Order>>(Orders, name::ORDERS_RUSQLITE),
            of_table::<orders::Batches<Sqlite, FullOrder>>(FullOrders, name::FULL_ORDERS),
            of_table::<orders::BatchesOfConnection<FullOrder>>(
                FullOrders,
                name::FULL_ORDERS_CONNECTION,
            ),
            of_table::<orders::BatchesOfTransaction<FullOrder>>(
                FullOrders,
                name::FULL_ORDERS_TRANSACTION,
            ),
            of_table::<orders::Fetch<Sqlite, FullOrder>>(FullOrders, name::FULL_ORDERS_FETCH),
            of_table::<orders::Keyset<Sqlite, FullOrder>>(FullOrders, name::FULL_ORDERS_KEYSET),
            of_table::<orders::OnRusqlite<FullOrder>>(FullOrders, name::FULL_ORDERS_RUSQLITE),
            of_table::<orders::Batches<Sqlite, Linked>>(LinkedOrders, name::LINKED),
            of_table::<linked::Dense>(LinkedOrders, name::LINKED_DENSE),
            of_table::<linked::Spread>(LinkedOrders, name::LINKED_SPREAD),
        ],
        Kind::Postgres => readers_on_server!(Postgres),
        Kind::MySql => readers_on_server!(MySql),
    }
}
