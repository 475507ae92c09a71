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
    if needs_transaction(connector).await? {
        let (rows, _) = in_transaction(connector, statement, None).await?;
        return Ok(rows);
    }
    connector.write(statement).await
}

/// Sends a statement that reads.
pub(super) async fn read<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    statement: Statement<DB>,
) -> Result<Vec<DB::Row>, sqlx::Error> {
    // A statement without a name could be prepared in one session and executed in another.
    if needs_transaction(connector).await? {
        let (_, rows) = in_transaction(connector, Statement::default(), Some(statement)).await?;
        return Ok(rows);
    }
    connector.rows(statement).await
}

async fn needs_transaction<DB: Backend>(
    connector: &mut Connector<'_, DB>,
) -> Result<bool, sqlx::Error> {
    let is_split = DB::DIALECT.splits_unnamed_statements && !connector.is_named_by_default();
    Ok(is_split && !connector.is_in_transaction().await?)
}

/// Writes, and then reads, in one transaction: a savepoint in the caller's one, or one of its own. A
/// statement without text is not sent.
pub(super) async fn in_transaction<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    write: Statement<DB>,
    read: Option<Statement<DB>>,
) -> Result<(u64, Vec<DB::Row>), sqlx::Error> {
    let named = connector.is_named_by_default();
    let mut transaction = connector.begin().await?;
    let done = {
        let mut within = Connector::within(&mut *transaction, named);
        both(&mut within, write, read).await
    };
    let ended = match done {
        Ok(done) => transaction.commit().await.map(|()| done),
        Err(error) => {
            // If this fails, the connection is closed.
            let _rolled_back = transaction.rollback().await;
            Err(error)
        }
    };
    connector.give_back(ended.is_ok());
    ended
}

async fn both<DB: Backend>(
    within: &mut Connector<'_, DB>,
    write: Statement<DB>,
    read: Option<Statement<DB>>,
) -> Result<(u64, Vec<DB::Row>), sqlx::Error> {
    let written = if write.sql.is_empty() { 0 } else { within.write(write).await? };
    let rows = match read {
        Some(read) => within.rows(read).await?,
        None => Vec::new(),
    };
    Ok((written, rows))
}
