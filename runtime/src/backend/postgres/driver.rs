//! The meaning of the driver's errors on PostgreSQL, and facts that the driver does not tell.

use std::{
    fmt::{self, Write as _},
    hash::{DefaultHasher, Hasher as _},
};

use sqlx::{Connection as _, PgConnection, Postgres, Row as _, postgres::PgArguments};

use crate::backend::{
    contention::Contention,
    driver::{Driver, driver},
};

impl Driver for Postgres {
    driver!();

    fn types(arguments: &PgArguments) -> Option<u64> {
        let mut types = Types(DefaultHasher::new());
        // An error marks the end of the types.
        let _end = write!(types, "{arguments:?}");
        Some(types.0.finish())
    }

    fn hint(error: &sqlx::Error) -> Option<&'static str> {
        // A statement that another session or none prepared, or a message for another session.
        let is_foreign = ["26000", "42P05", "08P01"].iter().any(|code| has_code(error, code));
        is_foreign.then_some(
            "behind a pooler that gives each transaction another session, such as PgBouncer in \
             transaction mode, say `persistent(false)`, and have nothing else prepare statements \
             on that pool",
        )
    }

    fn contention(error: &sqlx::Error) -> Option<Contention> {
        if has_code(error, "40P01") {
            Some(Contention::Deadlock)
        } else if has_code(error, "55P03") {
            Some(Contention::LockTimeout)
        } else if has_code(error, "40001") {
            Some(Contention::Serialization)
        } else {
            None
        }
    }

    fn refuses_commit(error: &sqlx::Error) -> bool {
        // 40003 says that it is not known.
        matches!(error, sqlx::Error::Database(_))
            && !Self::is_dead(error)
            && !has_code(error, "40003")
    }

    /// "cached plan must not change result type"
    fn is_outdated(error: &sqlx::Error) -> bool {
        has_code(error, "0A000")
    }

    /// "current transaction is aborted, commands ignored until end of transaction block"
    fn is_aborted(error: &sqlx::Error) -> bool {
        has_code(error, "25P02")
    }

    fn is_dead(error: &sqlx::Error) -> bool {
        // Class 08 is connection exceptions, and 57P01 to 57P05 are sessions that the server ended
        // (https://www.postgresql.org/docs/current/errcodes-appendix.html).
        match error {
            sqlx::Error::Io(_) => true,
            sqlx::Error::Database(error) => {
                error.code().is_some_and(|code| code.starts_with("08") || code.starts_with("57P"))
            }
            _ => false,
        }
    }

    /// After a statement that failed, COMMIT rolls back, and its answer is not an error.
    async fn confirm_open(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if is_in_transaction(connection).await? {
            Ok(())
        } else {
            Err(sqlx::Error::Protocol(
                "the transaction was over before COMMIT: end it by `commit` or `rollback` alone"
                    .into(),
            ))
        }
    }

    async fn in_transaction(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
        Ok(connection.is_in_transaction() || is_in_transaction(connection).await?)
    }
}

/// Asks the server whether a transaction is open. sqlx counts those alone that it began itself. Any
/// other shows by its start time, which is not that of this statement.
async fn is_in_transaction(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let asked = sqlx::raw_sql("SELECT now() <> statement_timestamp()").fetch_one(connection);
    asked.await?.try_get_unchecked::<bool, _>(0)
}

/// Returns whether the server reported an error with this SQLSTATE.
pub(super) fn has_code(error: &sqlx::Error, code: &str) -> bool {
    let error = error.as_database_error();
    error.is_some_and(|error| error.code().as_deref() == Some(code))
}

/// A hash of the types of arguments. Only `Debug` shows them, before the values.
struct Types(DefaultHasher);

impl fmt::Write for Types {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text == "buffer" {
            return Err(fmt::Error);
        }
        self.0.write(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sqlx::{Arguments as _, Postgres, postgres::PgArguments};

    use crate::backend::driver::Driver as _;

    /// Another version of the driver may show something else in the `Debug` output of arguments.
    #[test]
    fn arguments_show_their_types_before_their_values() {
        let number = |add: &dyn Fn(&mut PgArguments)| {
            let mut arguments = PgArguments::default();
            add(&mut arguments);
            Postgres::types(&arguments)
        };
        let integer = |value: i64| number(&|arguments| arguments.add(value).unwrap());
        assert_eq!(integer(1), integer(2));
        assert_ne!(integer(1), number(&|arguments| arguments.add("1").unwrap()));
        assert_ne!(integer(1), number(&|_| {}));
    }
}
