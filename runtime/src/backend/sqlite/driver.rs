//! Special needs of SQLite that the driver must meet, apart from its statements.

use std::sync::OnceLock;

use libsqlite3_sys as ffi;
use sqlx::{
    AssertSqlSafe, Connection as _, Sqlite, SqliteConnection, Type, ValueRef as _,
    error::DatabaseError, sqlite::SqliteTypeInfo,
};

use crate::backend::{
    contention::Contention,
    driver::{Driver, driver},
};

impl Driver for Sqlite {
    /// Sends another statement first. SQLite compares its copy of the schema with the file when a
    /// statement is executed, and then prepares the statement again, with columns that the driver
    /// does not know.
    async fn refresh(
        connection: &mut SqliteConnection,
        selects_everything: bool,
    ) -> Result<(), sqlx::Error> {
        if NULL.get().is_none() {
            let null = sqlx::query("SELECT NULL").fetch_one(&mut *connection).await?;
            let null = sqlx::Row::try_get_raw(&null, 0)?.type_info().into_owned();
            // Another connection may have been faster.
            let _known = NULL.set(null);
        }
        if !selects_everything {
            return Ok(());
        }
        let schemas = "SELECT name FROM pragma_database_list";
        let schemas: Vec<String> = sqlx::query_scalar(schemas).fetch_all(&mut *connection).await?;
        let masters: Vec<_> = schemas
            .iter()
            .map(|schema| format!("\"{}\".sqlite_master", schema.replace('"', "\"\"")))
            .collect();
        let look = format!("SELECT 1 FROM {} LIMIT 0", masters.join(", "));
        sqlx::query(AssertSqlSafe(look)).execute(connection).await.map(|_| ())
    }

    driver!();

    fn contention(error: &sqlx::Error) -> Option<Contention> {
        // The transaction has read what others have changed since.
        if code(error) == Some(ffi::SQLITE_BUSY_SNAPSHOT) {
            return Some(Contention::Serialization);
        }
        let is_locked = is_one_of(error, &[ffi::SQLITE_BUSY, ffi::SQLITE_LOCKED]);
        is_locked.then_some(Contention::LockTimeout)
    }

    /// Waits for the rollbacks that sqlx has queued, so that it has counted them.
    async fn confirm_open(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        connection.ping().await
    }

    fn refuses_commit(error: &sqlx::Error) -> bool {
        // `SQLITE_ERROR` is that no transaction is active.
        let known = [
            ffi::SQLITE_ERROR,
            ffi::SQLITE_BUSY,
            ffi::SQLITE_LOCKED,
            ffi::SQLITE_FULL,
            ffi::SQLITE_CONSTRAINT,
        ];
        is_one_of(error, &known)
    }

    /// sqlx decodes NULL as zero or an empty text if the type does not check for it.
    fn takes_null<T: Type<Self>>() -> bool {
        NULL.get().is_none_or(T::compatible)
    }
}

/// Returns whether SQLite reported one of these errors (<https://sqlite.org/rescode.html>).
fn is_one_of(error: &sqlx::Error, codes: &[i32]) -> bool {
    // The lowest byte of an extended code is the code that it extends.
    code(error).is_some_and(|code| codes.contains(&(code & 0xff)))
}

fn code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.and_then(|code| code.parse().ok())
}

/// The type of NULL, which only a row of the driver tells.
static NULL: OnceLock<SqliteTypeInfo> = OnceLock::new();
