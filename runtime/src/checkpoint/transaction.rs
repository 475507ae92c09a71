//! The transaction that statements about checkpoints are sent in.

use crate::{
    backend::{Backend, statement::Statement},
    fetch::connector::Connector,
};

/// Sends a statement that writes. Returns the number of rows it wrote.
pub(super) async fn write<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    statement: Statement<DB>,
) -> Result<u64, sqlx::Error> {
    // sqlx looks at the server's own word for it before it begins a savepoint in a transaction.
    if DB::DIALECT.ends_transactions_unnoticed || needs_transaction(connector).await? {
        in_transaction(connector, Some(statement), None, |rows, _| Ok(rows)).await
    } else {
        connector.write(statement).await
    }
}

/// Sends a statement that reads.
pub(super) async fn read<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    statement: Statement<DB>,
) -> Result<Vec<DB::Row>, sqlx::Error> {
    if needs_transaction(connector).await? {
        in_transaction(connector, None, Some(statement), |_, rows| Ok(rows)).await
    } else {
        connector.rows(statement).await
    }
}

/// Returns whether a statement without a name could be prepared in one session and executed in another.
async fn needs_transaction<DB: Backend>(
    connector: &mut Connector<'_, DB>,
) -> Result<bool, sqlx::Error> {
    Ok(DB::DIALECT.splits_unnamed_statements
        && !connector.is_named_by_default()
        && !connector.is_in_transaction().await?
        && !connector.is_in_foreign_transaction().await?)
}

/// Writes, and then reads, in one transaction: a savepoint in the caller's one, or one of its own. It is
/// rolled back if the result is not as it should be.
pub(super) async fn in_transaction<DB, T, E>(
    connector: &mut Connector<'_, DB>,
    write: Option<Statement<DB>>,
    read: Option<Statement<DB>>,
    result: impl FnOnce(u64, Vec<DB::Row>) -> Result<T, E> + Send,
) -> Result<T, E>
where
    DB: Backend,
    T: Send,
    E: From<sqlx::Error> + Send,
{
    if connector.is_in_foreign_transaction().await? {
        let reason = "the connection is in a transaction that was begun by SQL, which another one would \
                      end: begin it with sqlx's `begin()`";
        return Err(sqlx::Error::Configuration(reason.into()).into());
    }
    let named = connector.is_named_by_default();
    let mut transaction = connector.begin().await?;
    let done = {
        let mut within = Connector::within(&mut *transaction, named);
        both(&mut within, write, read).await
    };
    let done = match done {
        Ok((written, rows)) => result(written, rows),
        Err(error) if error.as_database_error().is_none() && !DB::DIALECT.survives_half_read => {
            // ROLLBACK could wait forever.
            drop(transaction);
            connector.give_back(false);
            return Err(error.into());
        }
        Err(error) => Err(error.into()),
    };
    let (ended, is_clean) = match done {
        Ok(done) => {
            let committed = transaction.commit().await;
            let is_clean = committed.is_ok();
            (committed.map(|()| done).map_err(E::from), is_clean)
        }
        Err(error) => (Err(error), transaction.rollback().await.is_ok()),
    };
    connector.give_back(is_clean);
    ended
}

async fn both<DB: Backend>(
    within: &mut Connector<'_, DB>,
    write: Option<Statement<DB>>,
    read: Option<Statement<DB>>,
) -> Result<(u64, Vec<DB::Row>), sqlx::Error> {
    let written = match write {
        Some(write) => within.write(write).await?,
        None => 0,
    };
    let rows = match read {
        Some(read) => within.rows(read).await?,
        None => Vec::new(),
    };
    Ok((written, rows))
}
