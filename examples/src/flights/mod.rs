//! All flights that left New York City in 2013, in an SQLite file.
//!
//! The file is made once, in cargo's target directory; `schema.sql` describes its tables.

mod columns;
mod load;

use std::{
    env,
    error::Error,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

/// The number of rows in the table `flights`.
pub const FLIGHTS: u32 = 336_776;

/// Opens the database, and loads it first if that has not been done.
///
/// # Errors
///
/// If the file cannot be created, or holds something that is not a database.
pub async fn open() -> Result<SqlitePool, Box<dyn Error + Send + Sync>> {
    let options = SqliteConnectOptions::new()
        .filename(path()?)
        .create_if_missing(true)
        // Long enough to wait for another process that is loading.
        .busy_timeout(Duration::from_mins(1));
    load::ensure(&options).await?;
    Ok(SqlitePool::connect_with(options).await?)
}

/// Returns the size of a table in bytes, without its indexes.
///
/// # Errors
///
/// If the database cannot be read.
pub async fn table_size(pool: &SqlitePool, table: &str) -> sqlx::Result<u64> {
    sqlx::query_scalar("SELECT pgsize FROM dbstat WHERE name = ? AND aggregate = TRUE")
        .bind(table)
        .fetch_one(pool)
        .await
}

/// Cargo puts an example into `<target>/<profile>/examples`; one that was moved uses the directory
/// for temporary files.
fn path() -> std::io::Result<PathBuf> {
    let program = env::current_exe()?;
    let directory = program.parent().filter(|parent| parent.ends_with("examples"));
    let target = directory.and_then(|examples| examples.ancestors().nth(2));
    Ok(target.map_or_else(env::temp_dir, Path::to_path_buf).join("flights.db"))
}
