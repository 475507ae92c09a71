//! Chooses the transaction that a statement runs in.

use sqlx::{Connection as _, Transaction};

use super::{
    collect::Collect,
    execute::{self, Failure},
    request::Request,
};
use crate::backend::Backend;

/// Reads on the caller's connection. If it is in a transaction, that transaction is used and left
/// open.
pub(super) async fn on_connection<S, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
    sink: S,
) -> Result<S, Failure>
where
    S: Collect<DB>,
    DB: Backend,
{
    if connection.is_in_transaction() {
        execute::read(connection, request.unnamed_for_all_columns(), sink).await
    } else if !request.needs_transaction() || DB::in_transaction(connection).await? {
        execute::read(connection, request, sink).await
    } else {
        in_own_transaction(connection, request, sink).await
    }
}

/// Reads on a connection that is not in a transaction.
///
/// Two kinds of statements need one. An unnamed statement is for a pooler, which may give the
/// driver's two messages to different sessions of the server, unless a transaction holds them
/// together. And if all columns of a table are read, what SQLite knows about the columns must stay
/// true until they are read.
pub(super) async fn in_own_transaction<S, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
    sink: S,
) -> Result<S, Failure>
where
    S: Collect<DB>,
    DB: Backend,
{
    if !request.needs_transaction() {
        return execute::read(connection, request, sink).await;
    }
    let failed = match connection.begin().await {
        Ok(mut transaction) => {
            let batch = execute::read(&mut *transaction, request, sink).await?;
            transaction.commit().await?;
            return Ok(batch);
        }
        Err(error) => error,
    };
    // SQLite is in a transaction that was begun by SQL, which the driver does not know about.
    if DB::DIALECT.learns_columns_once {
        execute::read(connection, request, sink).await
    } else {
        Err(failed.into())
    }
}

/// Begins a transaction to write in, or a savepoint in the one that the connection is in.
pub(super) async fn begin<DB: Backend>(
    connection: &mut DB::Connection,
) -> Result<Transaction<'_, DB>, sqlx::Error> {
    match DB::DIALECT.begin_write {
        Some(begin) if !connection.is_in_transaction() => connection.begin_with(begin).await,
        _ => connection.begin().await,
    }
}

/// The end of a transaction.
pub(crate) enum Commit {
    Done,
    /// Nothing was committed.
    Refused(sqlx::Error),
    /// The answer was lost.
    Unknown(sqlx::Error),
}

impl Commit {
    /// Returns what the answer to a COMMIT means.
    pub(crate) fn of<DB: Backend>(answer: Result<(), sqlx::Error>) -> Self {
        match answer {
            Ok(()) => Self::Done,
            Err(error) if DB::refuses_commit(&error) => Self::Refused(error),
            Err(error) => Self::Unknown(error),
        }
    }
}
