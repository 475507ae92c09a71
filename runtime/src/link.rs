//! A source as the loop keeps it: where a request finds its connection, and in which transaction
//! it runs.

use sqlx::{Connection as _, Database, Pool, Transaction, pool::PoolConnection};

use crate::{
    backend::Backend,
    error::Error,
    read::{self, Failure, Fetched, Request},
    row::ReadRow,
};

/// What queries run on.
#[doc(hidden)]
#[derive(Debug)]
pub enum Link<'s, DB: Database> {
    Pool(Pool<DB>),
    Connection(PoolConnection<DB>),
    Transaction(Transaction<'static, DB>),
    Borrowed(&'s mut DB::Connection),
}

impl<DB: Backend> Link<'_, DB> {
    /// The source, unless it is borrowed.
    pub(crate) fn into_owned(self) -> Result<Link<'static, DB>, Self> {
        match self {
            Self::Pool(pool) => Ok(Link::Pool(pool)),
            Self::Connection(connection) => Ok(Link::Connection(connection)),
            Self::Transaction(transaction) => Ok(Link::Transaction(transaction)),
            Self::Borrowed(_) => Err(self),
        }
    }

    pub(crate) const fn is_pool(&self) -> bool {
        matches!(self, Self::Pool(_))
    }

    /// Reads one batch. A connection taken from a pool is back there when this returns.
    pub(crate) async fn read<M: ReadRow<DB>>(
        &mut self,
        request: Request<DB>,
    ) -> Result<Fetched<M>, Error> {
        let key = request.expected.key.clone();
        let fetched = match self {
            Self::Pool(pool) => from_pool(pool, request).await,
            Self::Connection(connection) => on_connection(&mut **connection, request).await,
            Self::Transaction(transaction) => read::batch(&mut **transaction, request).await,
            Self::Borrowed(connection) => on_connection(&mut **connection, request).await,
        };
        fetched.map_err(|failure| match failure {
            Failure::Query { source, .. } => key.refused(source),
            Failure::Rows(error) => error,
        })
    }
}

async fn from_pool<M, DB>(pool: &Pool<DB>, mut request: Request<DB>) -> Result<Fetched<M>, Failure>
where
    M: ReadRow<DB>,
    DB: Backend,
{
    // A connection that died in the pool is found out by using it, where the user spared the ping
    // that `acquire` sends. It is replaced once; what dies later is the caller's to know.
    let mut connection = pool.acquire().await?;
    if request.direct {
        let fetched;
        (connection, request, fetched) = DB::read_directly(connection, request).await?;
        if let Some(fetched) = fetched {
            return Ok(fetched);
        }
    }
    match in_own_transaction(&mut *connection, request.clone()).await {
        Err(Failure::Query { source, rows_seen: false }) if DB::is_dead(&source) => {
            connection.close_on_drop();
            drop(connection);
            let mut connection = pool.acquire().await?;
            in_own_transaction(&mut *connection, request).await
        }
        fetched => fetched,
    }
}

/// A connection of the caller's may be in a transaction, which is then used and left open.
async fn on_connection<M, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
) -> Result<Fetched<M>, Failure>
where
    M: ReadRow<DB>,
    DB: Backend,
{
    if request.statement.persistent || DB::in_transaction(connection).await? {
        read::batch(connection, request).await
    } else {
        in_own_transaction(connection, request).await
    }
}

/// Reads on a connection without a transaction.
///
/// An unnamed statement is for a pooler, which may give each of the driver's two messages to
/// another session of the server, unless a transaction holds them together.
async fn in_own_transaction<M, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
) -> Result<Fetched<M>, Failure>
where
    M: ReadRow<DB>,
    DB: Backend,
{
    if request.statement.persistent || !DB::DIALECT.splits_unnamed_statements {
        return read::batch(connection, request).await;
    }
    let mut transaction = connection.begin().await?;
    let fetched = read::batch(&mut *transaction, request).await?;
    transaction.commit().await?;
    Ok(fetched)
}
