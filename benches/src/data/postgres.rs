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

    // Otherwise the first contender would do it for all that follow: a read sets hint bits.
    sqlx::raw_sql("VACUUM (ANALYZE) chunked_bench_entries").execute(&mut connection).await?;
    let version = sqlx::query_scalar("SHOW server_version").fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(version)
}

pub(super) async fn remove(url: &str) -> Result<(), Error> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::raw_sql("DROP TABLE chunked_bench_entries").execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}
