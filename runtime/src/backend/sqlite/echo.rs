//! A database in memory that returns the values that it is sent.
//!
//! Only sqlx knows how a user's type is bound, and only a value that came through sqlx can be
//! decoded as one. A value that goes through this database is bound or decoded by sqlx itself.

use std::sync::{Mutex, PoisonError};

use sqlx::{
    Arguments as _, AssertSqlSafe, ConnectOptions as _, Row as _, Sqlite, SqliteConnection,
    ValueRef as _,
    query::Query,
    sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow, SqliteValue},
};

use super::value::Value;
use crate::{
    backend::{companion::Slot, exact::ExactValues as _, value::RawValue},
    task,
};

/// Connections that are not in use, for the next iteration of any table.
static IDLE: Mutex<Vec<SqliteConnection>> = Mutex::new(Vec::new());

/// The number of connections kept: each has a thread.
const MOST_IDLE: usize = 4;

/// The largest number of columns that SQLite allows by default is 2,000.
const MOST_COLUMNS: usize = 1_024;

/// Returns values as sqlx reads them, so that they can be decoded. Blocks the thread.
pub(super) fn read<'v>(
    values: impl Iterator<Item = Option<&'v Value>>,
) -> Result<Vec<SqliteValue>, sqlx::Error> {
    let values: Vec<_> = values.collect();
    let mut read = Vec::with_capacity(values.len());
    with_connection(async |connection| {
        for values in values.chunks(MOST_COLUMNS) {
            // Few texts, so that they stay prepared.
            let columns = values.len().next_power_of_two();
            let sql = select(columns);
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for value in values {
                query = bind(query, *value);
            }
            // SQLite takes a parameter without a value as NULL.
            let row = query.fetch_one(&mut *connection).await?;
            for ordinal in 0..values.len() {
                read.push(row.try_get_raw(ordinal)?.to_owned());
            }
        }
        Ok(())
    })?;
    Ok(read)
}

/// Returns arguments as sqlx binds them. Blocks the thread.
pub(super) fn bound(arguments: SqliteArguments) -> Result<Vec<RawValue>, sqlx::Error> {
    let columns = arguments.len();
    let mut row: Option<SqliteRow> = None;
    with_connection(async |connection| {
        let query = sqlx::query_with(AssertSqlSafe(select(columns)), arguments);
        row = Some(query.fetch_one(connection).await?);
        Ok(())
    })?;
    let raw = |row: &SqliteRow, ordinal| {
        Sqlite::raw(row, Slot { ordinal, companion: None }).map_err(sqlx::Error::Decode)
    };
    row.iter().flat_map(|row| (0..columns).map(move |ordinal| raw(row, ordinal))).collect()
}

fn select(columns: usize) -> String {
    format!("SELECT {}", vec!["?"; columns].join(","))
}

fn bind<'q>(
    query: Query<'q, Sqlite, SqliteArguments>,
    value: Option<&Value>,
) -> Query<'q, Sqlite, SqliteArguments> {
    match value {
        None => query.bind(None::<i64>),
        Some(Value::Integer(value)) => query.bind(*value),
        Some(Value::Real(value)) => query.bind(*value),
        Some(Value::Text(value)) => query.bind(value.clone()),
        Some(Value::Blob(value)) => query.bind(value.clone()),
    }
}

fn with_connection(
    work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<(), sqlx::Error>,
) -> Result<(), sqlx::Error> {
    let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let kept = idle().pop();
    task::block_on(async {
        let mut connection = if let Some(connection) = kept {
            connection
        } else {
            let options = SqliteConnectOptions::new().in_memory(true);
            options.disable_statement_logging().connect().await?
        };
        work(&mut connection).await?;
        let mut idle = idle();
        if idle.len() < MOST_IDLE {
            idle.push(connection);
        }
        Ok(())
    })
}
