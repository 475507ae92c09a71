//! The table on a MySQL or MariaDB server.

use sqlx::{Connection, MySqlConnection, QueryBuilder};

use crate::{
    Error,
    entry::{Entry, Time},
    order::FullOrder,
};

/// A row has eight values at most; a statement takes 65,535.
const ROWS_A_STATEMENT: usize = 5_000;

pub(super) async fn build(url: &str, rows: u32) -> Result<String, Error> {
    let mut connection = MySqlConnection::connect(url).await?;
    sqlx::raw_sql(
        "DROP TABLE IF EXISTS chunked_bench_entries;
        CREATE TABLE chunked_bench_entries (
            id BIGINT PRIMARY KEY,
            author_id BIGINT NOT NULL,
            created TIMESTAMP NOT NULL,
            headline TEXT NOT NULL,
            score DOUBLE NOT NULL,
            editor_id BIGINT
        );
        DROP TABLE IF EXISTS chunked_bench_orders;
        CREATE TABLE chunked_bench_orders (
            id BIGINT PRIMARY KEY,
            uid BINARY(16) NOT NULL,
            created TIMESTAMP NOT NULL,
            shipped TIMESTAMP NULL,
            title TEXT NOT NULL,
            customer_id BIGINT NOT NULL,
            state ENUM('open', 'paid', 'shipped') NOT NULL,
            details JSON NOT NULL
        )",
    )
    .execute(&mut connection)
    .await?;

    let mut transaction = connection.begin().await?;
    let mut entries = super::entries(rows);
    loop {
        let some: Vec<Entry<Time>> = entries.by_ref().take(ROWS_A_STATEMENT).collect();
        if some.is_empty() {
            break;
        }
        QueryBuilder::new("INSERT INTO chunked_bench_entries ")
            .push_values(some, |mut row, entry| {
                row.push_bind(entry.id)
                    .push_bind(entry.author_id)
                    .push_bind(entry.created)
                    .push_bind(entry.headline)
                    .push_bind(entry.score)
                    .push_bind(entry.editor_id);
            })
            .build()
            .execute(&mut *transaction)
            .await?;
    }
    let mut orders = super::orders(rows);
    loop {
        let some: Vec<FullOrder> = orders.by_ref().take(ROWS_A_STATEMENT).collect();
        if some.is_empty() {
            break;
        }
        QueryBuilder::new("INSERT INTO chunked_bench_orders ")
            .push_values(some, |mut row, order| {
                row.push_bind(order.id)
                    .push_bind(order.uid)
                    .push_bind(order.created)
                    .push_bind(order.shipped)
                    .push_bind(order.title)
                    .push_bind(order.customer_id)
                    .push_bind(order.state.name())
                    .push_bind(order.details);
            })
            .build()
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;

    sqlx::raw_sql("ANALYZE TABLE chunked_bench_entries, chunked_bench_orders")
        .execute(&mut connection)
        .await?;
    let version = sqlx::query_scalar("SELECT version()").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(version)
}

pub(super) async fn remove(url: &str) -> Result<(), Error> {
    let mut connection = MySqlConnection::connect(url).await?;
    sqlx::raw_sql("DROP TABLE chunked_bench_entries, chunked_bench_orders")
        .execute(&mut connection)
        .await?;
    connection.close().await?;
    Ok(())
}
