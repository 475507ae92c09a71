//! In which transaction a statement runs.

use sqlx::Connection as _;

use super::{
    collect::Collect,
    execute::{self, Failure},
    request::Request,
};
use crate::backend::Backend;

/// A connection of the caller's may be in a transaction, which is then used and left open.
pub(super) async fn on_connection<S, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
) -> Result<S, Failure>
where
    S: Collect<DB>,
    DB: Backend,
{
    if connection.is_in_transaction() {
        execute::read(connection, request.unnamed_for_all_columns()).await
    } else if !request.needs_transaction() || DB::in_transaction(connection).await? {
        execute::read(connection, request).await
    } else {
        in_own_transaction(connection, request).await
    }
}

/// Reads on a connection without a transaction.
///
/// An unnamed statement is for a pooler, which may give each of the driver's two messages to
/// another session of the server, unless a transaction holds them together. And what SQLite knows of
/// the columns of a table, of which all are read, must hold until they are.
pub(super) async fn in_own_transaction<S, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
) -> Result<S, Failure>
where
    S: Collect<DB>,
    DB: Backend,
{
    if !request.needs_transaction() {
        return execute::read(connection, request).await;
    }
    let failed = match connection.begin().await {
        Ok(mut transaction) => {
            let batch = execute::read(&mut *transaction, request).await?;
            transaction.commit().await?;
            return Ok(batch);
        }
        Err(error) => error,
    };
    // SQLite has one that was begun by SQL, of which the driver does not know.
    if DB::DIALECT.learns_columns_once {
        execute::read(connection, request).await
    } else {
        Err(failed.into())
    }
}
