//! The meaning of the driver's rows and errors on MySQL and MariaDB.

use sqlx::{
    Connection as _, Decode, MySql, MySqlConnection, Row as _, TypeInfo as _, ValueRef as _,
    error::BoxDynError,
    mysql::{MySqlDatabaseError, MySqlRow},
};

use super::temporal;
use crate::backend::{
    contention::Contention,
    driver::{Driver, driver},
};

impl Driver for MySql {
    driver!();

    /// Explains a date whose parts are zero: the driver takes it for NULL, which it is not.
    fn explain(row: &Self::Row, ordinal: usize, source: BoxDynError) -> BoxDynError {
        match zero_date(row, ordinal) {
            Some(date) => format!(
                "`{date}` is no date, although MySQL stores it: correct it, or read it as text by \
                 a view or a generated column"
            )
            .into(),
            None => source,
        }
    }

    fn hint(error: &sqlx::Error) -> Option<&'static str> {
        if has_number(error, &[1038]) {
            // Out of sort memory.
            Some(
                "the server sorts these columns without an index and has too little memory for \
                 that: create an index in the order of the iteration, or raise `sort_buffer_size`",
            )
        } else if has_number(error, &[1267, 1271]) {
            // Illegal mix of collations.
            Some("give the columns that are compared the same character set and collation")
        } else {
            None
        }
    }

    fn contention(error: &sqlx::Error) -> Option<Contention> {
        if has_number(error, &[1213]) {
            Some(Contention::Deadlock)
        } else if has_number(error, &[1205, 3572]) {
            Some(Contention::LockTimeout)
        } else if has_number(error, &[1020]) {
            Some(Contention::Serialization)
        } else {
            None
        }
    }

    fn is_dead(error: &sqlx::Error) -> bool {
        match error {
            sqlx::Error::Io(_) => true,
            // The server is shutting down, has killed the connection (MariaDB), or has closed it
            // for being idle (MySQL).
            error => has_number(error, &[1053, 1927, 4031]),
        }
    }

    fn refuses_commit(error: &sqlx::Error) -> bool {
        // "Got error during COMMIT" does not say how far it came.
        matches!(error, sqlx::Error::Database(_))
            && !Self::is_dead(error)
            && !has_number(error, &[1180])
    }

    /// After a deadlock, statements run each on its own, and COMMIT has nothing to commit.
    async fn confirm_open(connection: &mut MySqlConnection) -> Result<(), sqlx::Error> {
        match is_in_transaction(connection).await? {
            Some(false) => Err(sqlx::Error::Protocol(
                "the transaction was over before COMMIT: the server rolls back at a deadlock, and \
                 commits at statements such as CREATE TABLE"
                    .into(),
            )),
            Some(true) | None => Ok(()),
        }
    }

    async fn in_transaction(connection: &mut MySqlConnection) -> Result<bool, sqlx::Error> {
        Ok(connection.is_in_transaction() || is_in_transaction(connection).await? == Some(true))
    }
}

/// Asks the server whether a transaction is open. MySQL has no such variable.
async fn is_in_transaction(connection: &mut MySqlConnection) -> Result<Option<bool>, sqlx::Error> {
    match sqlx::raw_sql("SELECT @@in_transaction").fetch_one(connection).await {
        Ok(row) => Ok(Some(row.try_get_unchecked::<i64, _>(0)? != 0)),
        // Unknown system variable.
        Err(error) if has_number(&error, &[1193]) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns whether the server reported an error with one of these numbers
/// (<https://mariadb.com/kb/en/mariadb-error-code-reference/>).
pub(super) fn has_number(error: &sqlx::Error, numbers: &[u16]) -> bool {
    let error = error.as_database_error();
    let error = error.and_then(|error| error.try_downcast_ref::<MySqlDatabaseError>());
    error.is_some_and(|error| numbers.contains(&error.number()))
}

/// Returns a date whose month or day is zero, in the spelling of the server.
pub(super) fn zero_date(row: &MySqlRow, ordinal: usize) -> Option<String> {
    let value = MySql::value(row, ordinal).ok()?;
    let is_date = matches!(value.type_info().name(), "DATE" | "DATETIME" | "TIMESTAMP");
    let bytes = <&[u8] as Decode<MySql>>::decode(value).ok()?;
    temporal::zero_date(bytes).filter(|_| is_date)
}
