//! Fills the database from the data files, once.

use std::{
    error::Error,
    hash::{DefaultHasher, Hash, Hasher},
};

use indicatif::{ProgressBar, ProgressStyle};
use sqlx::{
    AssertSqlSafe, Connection, QueryBuilder, Sqlite, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteSynchronous},
};

use super::columns::Reader;

const SCHEMA: &str = include_str!("schema.sql");
const INDEXES: &str = include_str!("indexes.sql");

/// Rows in an INSERT: their values are well below SQLite's limit of 32,766 parameters.
const ROWS: usize = 200;

/// A data file, and the statement that inserts its rows into the database; the statement reads them
/// from a table named `file`.
struct Table {
    file: &'static [u8],
    insert: &'static str,
}

const TABLES: [Table; 5] = [
    Table {
        file: include_bytes!("../../data/airlines.txt.gz"),
        insert: "INSERT INTO airlines SELECT * FROM file",
    },
    Table {
        file: include_bytes!("../../data/airports.txt.gz"),
        insert: "INSERT INTO airports SELECT * FROM file",
    },
    Table {
        file: include_bytes!("../../data/planes.txt.gz"),
        insert: "INSERT INTO planes SELECT * FROM file",
    },
    Table {
        file: include_bytes!("../../data/weather.txt.gz"),
        insert: "INSERT INTO weather SELECT * FROM file",
    },
    Table {
        file: include_bytes!("../../data/flights.txt.gz"),
        insert: include_str!("insert_flights.sql"),
    },
];

/// Loads all tables, unless the database already has them.
///
/// This is one transaction: SQLite undoes a load that was interrupted, and a second process waits
/// until the first has finished.
pub(super) async fn ensure(
    options: &SqliteConnectOptions,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    // The data can always be loaded again, so there is no need to wait for the disk.
    let options = options.clone().synchronous(SqliteSynchronous::Off);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    if !is_loaded(&mut connection).await? {
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        if !is_loaded(&mut transaction).await? {
            load(&mut transaction).await?;
        }
        transaction.commit().await?;
    }
    connection.close().await?;
    Ok(())
}

async fn is_loaded(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    let found: i32 = sqlx::query_scalar("PRAGMA user_version").fetch_one(connection).await?;
    Ok(found == version())
}

async fn load(connection: &mut SqliteConnection) -> Result<(), Box<dyn Error + Send + Sync>> {
    sqlx::raw_sql(SCHEMA).execute(&mut *connection).await?;

    let bytes: usize = TABLES.iter().map(|table| table.file.len()).sum();
    let style = ProgressStyle::with_template("loading the flights {wide_bar} {percent} %")?;
    let progress = ProgressBar::new(bytes as u64).with_style(style);
    for table in TABLES {
        let mut reader = Reader::new(progress.wrap_read(table.file))?;
        let mut buffer = String::new();
        while let Some(rows) = reader.block(&mut buffer)? {
            let mut rows = rows.peekable();
            while rows.peek().is_some() {
                let rows = rows.by_ref().take(ROWS);
                insert(connection, &reader.header, rows, table.insert).await?;
            }
        }
    }

    // Faster than keeping the indexes up to date row by row.
    sqlx::raw_sql(INDEXES).execute(&mut *connection).await?;
    progress.finish_and_clear();

    let mark = AssertSqlSafe(format!("PRAGMA user_version = {}", version()));
    sqlx::raw_sql(mark).execute(connection).await?;
    Ok(())
}

async fn insert<'r>(
    connection: &mut SqliteConnection,
    columns: &str,
    rows: impl Iterator<Item = Vec<Option<&'r str>>>,
    statement: &str,
) -> sqlx::Result<()> {
    let mut query = QueryBuilder::<Sqlite>::new(format!("WITH file ({columns}) AS ("));
    query.push_values(rows, |mut tuple, row| {
        for value in row {
            tuple.push_bind(value);
        }
    });
    query.push(") ").push(statement);
    query.build().execute(connection).await?;
    Ok(())
}

/// Returns a number that changes with the schema and the data, so that the database of an older
/// program is loaded again.
fn version() -> i32 {
    let mut hasher = DefaultHasher::new();
    (SCHEMA, INDEXES).hash(&mut hasher);
    for table in TABLES {
        // A gzip file ends with the checksum and the length of its content.
        (table.file.last_chunk::<8>(), table.insert).hash(&mut hasher);
    }
    let [a, b, c, d, ..] = hasher.finish().to_le_bytes();
    i32::from_le_bytes([a, b, c, d])
}
