//! Questions to the database whose errors do no harm to a transaction of the caller's.

use futures_core::future::BoxFuture;

use crate::{backend::Backend, error::Error, fetch::connector::Connector, model::table::Table};

/// Asks on the connection; in a transaction, begun by sqlx or by SQL, in a savepoint: on PostgreSQL an
/// error would end the transaction.
pub(super) async fn ask<DB, T>(
    connector: &mut Connector<'_, DB>,
    question: impl for<'c> FnOnce(&'c mut DB::Connection) -> BoxFuture<'c, Result<T, sqlx::Error>>
    + Send
    + 'static,
) -> Result<T, sqlx::Error>
where
    DB: Backend,
    T: Send,
{
    const NAME: &str = "sqlx_chunked_verify";
    let is_in_transaction =
        connector.is_in_transaction().await? || connector.is_in_foreign_transaction().await?;
    if !is_in_transaction {
        return connector.lend(question).await;
    }
    connector
        .lend(|connection| {
            Box::pin(async move {
                DB::probe(connection, format!("SAVEPOINT {NAME}")).await?;
                let answer = question(connection).await;
                if answer.is_err() {
                    // If this fails too, the first error is the one to know.
                    let _ = DB::probe(connection, format!("ROLLBACK TO SAVEPOINT {NAME}")).await;
                }
                let released = DB::probe(connection, format!("RELEASE SAVEPOINT {NAME}")).await;
                answer.and_then(|answer| released.map(|()| answer))
            })
        })
        .await
}

/// Returns the error for a question that was not answered.
pub(super) fn failed<DB: Backend>(
    table: &Table,
    source: sqlx::Error,
    if_denied: &'static str,
) -> Error {
    let hint = if DB::is_denied(&source) { Some(if_denied) } else { DB::hint(&source) };
    Error::Catalog { model: table.model.name, table: table.to_cow(), source, hint }
}
