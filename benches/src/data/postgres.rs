//! The table on a PostgreSQL server.

use std::fmt::Write as _;

use sqlx::{Connection, PgConnection};

use crate::Error;

pub(super) async fn build(url: &str, rows: u32) -> Result<String, Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(
        "DROP TABLE IF EXISTS chunked_bench_entries;
        CREATE TABLE chunked_bench_entries (
            id BIGINT PRIMARY KEY,
            author_id BIGINT NOT NULL,
            created TIMESTAMPTZ NOT NULL,
            headline TEXT NOT NULL,
            score DOUBLE PRECISION NOT NULL,
            editor_id BIGINT
        );
        DROP TABLE IF EXISTS chunked_bench_orders;
        DROP TYPE IF EXISTS chunked_bench_state;
        CREATE TYPE chunked_bench_state AS ENUM ('open', 'paid', 'shipped');
        CREATE TABLE chunked_bench_orders (
            id BIGINT PRIMARY KEY,
            uid UUID NOT NULL,
            created TIMESTAMPTZ NOT NULL,
            shipped TIMESTAMPTZ,
            title TEXT NOT NULL,
            customer_id BIGINT NOT NULL,
            state chunked_bench_state NOT NULL,
            details JSONB NOT NULL
        )",
    )
    .execute(&mut connection)
    .await?;

    let mut copy =
        connection.copy_in_raw("COPY chunked_bench_entries FROM STDIN (FORMAT csv)").await?;
    let mut lines = String::new();
    for entry in super::entries(rows) {
        let editor = entry.editor_id.map(|id| id.to_string()).unwrap_or_default();
        writeln!(
            lines,
            "{},{},{:?},\"{}\",{},{editor}",
            entry.id, entry.author_id, entry.created, entry.headline, entry.score
        )?;
        if lines.len() > 1 << 20 {
            copy.send(lines.as_bytes()).await?;
            lines.clear();
        }
    }
    copy.send(lines.as_bytes()).await?;
    copy.finish().await?;

    let mut copy =
        connection.copy_in_raw("COPY chunked_bench_orders FROM STDIN (FORMAT csv)").await?;
    lines.clear();
    for order in super::orders(rows) {
        let shipped = order.shipped.map(|time| format!("{time:?}")).unwrap_or_default();
        let details = serde_json::to_string(&order.details)?.replace('"', "\"\"");
        writeln!(
            lines,
            "{},{},{:?},{shipped},\"{}\",{},{},\"{details}\"",
            order.id,
            order.uid,
            order.created,
            order.title,
            order.customer_id.0,
            order.state.name()
        )?;
        if lines.len() > 1 << 20 {
            copy.send(lines.as_bytes()).await?;
            lines.clear();
        }
    }
    copy.send(lines.as_bytes()).await?;
    copy.finish().await?;

    // Otherwise the first contender would do it for all that follow: a read sets hint bits.
    sqlx::raw_sql("VACUUM (ANALYZE) chunked_bench_entries").execute(&mut connection).await?;
    sqlx::raw_sql("VACUUM (ANALYZE) chunked_bench_orders").execute(&mut connection).await?;
    let version = sqlx::query_scalar("SHOW server_version").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(version)
}

pub(super) async fn remove(url: &str) -> Result<(), Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql(
        "DROP TABLE chunked_bench_entries, chunked_bench_orders; \
         DROP TYPE chunked_bench_state",
    )
    .execute(&mut connection)
    .await?;
    connection.close().await?;
    Ok(())
}
