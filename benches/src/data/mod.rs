//! Builds the same tables on every database.

mod mysql;
mod postgres;
mod sqlite;

use chrono::DateTime;
use sqlx::types::Json;
use tempfile::TempPath;
use uuid::Uuid;

use crate::{
    Error,
    database::{Database, Kind},
    entry::{Entry, Time, Totals},
    order::{CustomerId, Details, FullOrder, Linked, Order, State, Tally as _},
};

/// What a contender reads.
#[derive(Clone, Copy)]
pub(crate) enum Table {
    Entries,
    /// The orders, without the columns that have types of the program's own.
    Orders,
    FullOrders,
    /// The orders that related ones are loaded for.
    LinkedOrders,
}

/// The tables with their rows.
pub(crate) struct Data {
    pub(crate) database: Database,
    /// The version of the database.
    pub(crate) version: String,
    expected: [Totals; 4],
    /// The file of SQLite.
    file: Option<TempPath>,
}

impl Data {
    /// Builds the tables: on a server, or in a temporary file of SQLite.
    pub(crate) async fn build(
        kind: Kind,
        server: Option<String>,
        rows: u32,
    ) -> Result<Self, Error> {
        let (url, file) = if let Some(url) = server {
            (url, None)
        } else {
            let file = tempfile::Builder::new().suffix(".db").tempfile()?.into_temp_path();
            (format!("sqlite://{}", file.display()), Some(file))
        };
        let version = match kind {
            Kind::Sqlite => sqlite::build(&url, rows)?,
            Kind::Postgres => postgres::build(&url, rows).await?,
            Kind::MySql => mysql::build(&url, rows).await?,
        };
        let mut expected: [Totals; 4] = Default::default();
        entries(rows).for_each(|entry| expected[Table::Entries as usize].add(&entry));
        for order in orders(rows) {
            order.tally(&mut expected[Table::FullOrders as usize]);
            let linked = Linked {
                id: order.id,
                shipped: order.shipped,
                title: order.title.clone(),
                customer_id: order.customer_id.0,
            };
            linked.tally(&mut expected[Table::LinkedOrders as usize]);
            let FullOrder { id, uid, created, shipped, title, .. } = order;
            let order = Order { id, uid, created, shipped, title };
            order.tally(&mut expected[Table::Orders as usize]);
        }
        Ok(Self { database: Database { kind, url }, version, expected, file })
    }

    /// Returns the totals that a reader must see.
    pub(crate) fn expected(&self, table: Table) -> &Totals {
        &self.expected[table as usize]
    }

    /// Removes the tables.
    pub(crate) async fn remove(self) -> Result<(), Error> {
        match self.database.kind {
            Kind::Sqlite => self.file.map_or(Ok(()), TempPath::close)?,
            Kind::Postgres => postgres::remove(&self.database.url).await?,
            Kind::MySql => mysql::remove(&self.database.url).await?,
        }
        Ok(())
    }
}

/// The rows, in the order of the key.
fn entries(rows: u32) -> impl Iterator<Item = Entry<Time>> {
    (1..=rows).map(|n| {
        let id = i64::from(n);
        let author_id = id * 7_919 % 10_000;
        Entry {
            id,
            author_id,
            created: DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1_600_000_000 + 37 * id),
            headline: format!("Entry {id} of those that author {author_id} wrote"),
            score: f64::from(n % 800) / 8.0,
            editor_id: (n % 3 != 0).then_some(id % 97),
        }
    })
}

/// The orders, in the order of the key. All details are different.
fn orders(rows: u32) -> impl Iterator<Item = FullOrder> {
    (1..=rows).map(|n| {
        let id = i64::from(n);
        let created = DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(1_600_000_000 + 37 * id);
        FullOrder {
            id,
            uid: Uuid::from_u128(u128::from(n) * 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
            created,
            shipped: (n % 3 != 0).then(|| created + chrono::TimeDelta::seconds(id % 100_000)),
            title: format!("Order {id} of those that were made"),
            customer_id: CustomerId(id * 7_919 % 299_993),
            state: [State::Open, State::Paid, State::Shipped][(n % 3) as usize],
            details: Json(Details { note: format!("for {id}"), items: vec![id % 89, id % 97] }),
        }
    })
}
