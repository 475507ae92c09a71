//! Special needs of SQLite that the driver must meet, apart from its statements.

use std::sync::OnceLock;

use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection, Type, ValueRef as _, sqlite::SqliteTypeInfo};

use crate::backend::driver::{Driver, driver};

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

    /// sqlx decodes NULL as zero or an empty text if the type does not check for it.
    fn takes_null<T: Type<Self>>() -> bool {
        NULL.get().is_none_or(T::compatible)
    }
}

/// The type of NULL, which only a row of the driver tells.
static NULL: OnceLock<SqliteTypeInfo> = OnceLock::new();
