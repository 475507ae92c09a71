//! A source as the loop keeps it: where a request finds its connection, and in which transaction
//! it runs.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, Database, Pool, Transaction, pool::PoolConnection};

use crate::{
    backend::Backend,
    error::Error,
    fetch::collect::{self, Failure, Read, Request, Sink},
    model::row::ReadRow,
};

/// What queries run on.
#[doc(hidden)]
#[derive(Debug)]
pub enum Link<'s, DB: Backend> {
    Pool {
        pool: Pool<DB>,
        /// A connection of the pool that was read from, until it is released.
        kept: Option<Kept<DB>>,
        /// What reads without the driver.
        session: DB::Session,
    },
    Connection(PoolConnection<DB>),
    Transaction(Transaction<'static, DB>),
    Borrowed(&'s mut DB::Connection),
}

impl<DB: Backend> Link<'_, DB> {
    pub(crate) fn pool(pool: Pool<DB>) -> Self {
        Self::Pool { pool, kept: None, session: DB::Session::default() }
    }

    /// The source, unless it is borrowed.
    pub(crate) fn into_owned(self) -> Result<Link<'static, DB>, Self> {
        match self {
            Self::Pool { pool, kept, session } => Ok(Link::Pool { pool, kept, session }),
            Self::Connection(connection) => Ok(Link::Connection(connection)),
            Self::Transaction(transaction) => Ok(Link::Transaction(transaction)),
            Self::Borrowed(_) => Err(self),
        }
    }

    pub(crate) const fn is_pool(&self) -> bool {
        matches!(self, Self::Pool { .. })
    }

    /// Gives a connection that was taken from a pool back to it.
    pub(crate) fn release(&mut self) {
        if let Self::Pool { kept, .. } = self {
            *kept = None;
        }
    }

    /// Reads one batch, without the driver if the request says so; where that cannot be done, it is
    /// noted, since what was in the way once is likely to be there again. A connection taken from a
    /// pool is kept, until it is released.
    pub(crate) async fn read<M, S>(
        &mut self,
        mut request: Request<DB>,
        direct: &mut bool,
    ) -> Result<Read<M, S>, Error>
    where
        M: ReadRow<DB>,
        S: Sink<DB>,
    {
        let key = request.expected.key.clone();
        // Never on two connections at once, of which a pool may have just one.
        if request.direct
            && let Self::Pool { pool, kept: None, session } = self
        {
            request = match DB::read_directly(pool, session, request).await {
                Ok(Ok(batch)) => return Ok(Read::Direct(batch)),
                Ok(Err(request)) => request,
                Err(source) => return Err(key.refused::<DB>(source)),
            };
            *direct = false;
        }
        self.read_by_driver(request).await.map(Read::Driver)
    }

    /// Reads the rows of a statement, or an answer, by the driver.
    pub(crate) async fn read_by_driver<S: Sink<DB>>(
        &mut self,
        request: Request<DB>,
    ) -> Result<S, Error> {
        let key = request.expected.key.clone();
        let batch = match self {
            Self::Pool { pool, kept, session } => {
                *session = DB::Session::default();
                from_pool(pool, kept, request).await
            }
            Self::Connection(connection) => on_connection(&mut **connection, request).await,
            Self::Transaction(transaction) => {
                collect::batch(&mut **transaction, request.unnamed_for_all_columns()).await
            }
            Self::Borrowed(connection) => on_connection(&mut **connection, request).await,
        };
        batch.map_err(|failure| match failure {
            Failure::Query { source, .. } => key.refused::<DB>(source),
            Failure::Rows(error) => error,
        })
    }
}

/// A connection of a pool, and since when it is not there.
#[derive(Debug)]
pub struct Kept<DB: Backend> {
    connection: PoolConnection<DB>,
    since: Instant,
    /// Whether a statement was sent that was not read to its end.
    half_read: bool,
}

impl<DB: Backend> Kept<DB> {
    async fn acquire(pool: &Pool<DB>) -> Result<Self, sqlx::Error> {
        let connection = pool.acquire().await?;
        Ok(Self { connection, since: Instant::now(), half_read: false })
    }

    async fn read<S: Sink<DB>>(&mut self, request: Request<DB>) -> Result<S, Failure> {
        self.half_read = true;
        let batch = in_own_transaction(&mut *self.connection, request).await;
        self.half_read = match &batch {
            Ok(_) | Err(Failure::Rows(_)) => false,
            // The server's own error ends a statement.
            Err(Failure::Query { source, .. }) => {
                source.as_database_error().is_none() || DB::is_dead(source)
            }
        };
        batch
    }
}

/// What is left of a statement would be taken for the answer to the next one; and some drivers wait
/// for it for ever.
impl<DB: Backend> Drop for Kept<DB> {
    fn drop(&mut self) {
        if self.half_read && !DB::DIALECT.survives_half_read {
            self.connection.close_on_drop();
        }
    }
}

/// After how long a connection is given back between two batches, if others may wait for one.
const TURN: Duration = Duration::from_millis(50);

/// Whether a connection that was taken from a pool at some time has to be given back now.
pub(crate) fn is_over<DB: Database>(pool: &Pool<DB>, since: Instant) -> bool {
    pool.is_closed() || since.elapsed() > TURN && others_may_wait(pool)
}

/// Whether a pool has no connection left to give.
pub(crate) fn others_may_wait<DB: Database>(pool: &Pool<DB>) -> bool {
    pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections()
}

async fn from_pool<S, DB>(
    pool: &Pool<DB>,
    kept: &mut Option<Kept<DB>>,
    request: Request<DB>,
) -> Result<S, Failure>
where
    S: Sink<DB>,
    DB: Backend,
{
    let mut taken = match kept.take() {
        Some(kept) if !is_over(pool, kept.since) => kept,
        given_back => {
            drop(given_back);
            Kept::acquire(pool).await?
        }
    };
    // A connection that died in the pool is found out by using it, where the user spared the ping
    // that `acquire` sends. It is replaced once; what dies later is the caller's to know.
    let batch = match taken.read(request.clone()).await {
        Err(Failure::Query { source, rows_seen: false }) if DB::is_dead(&source) => {
            taken.connection.close_on_drop();
            drop(taken);
            taken = Kept::acquire(pool).await?;
            taken.read(request).await?
        }
        batch => batch?,
    };
    *kept = Some(taken);
    Ok(batch)
}

/// A connection of the caller's may be in a transaction, which is then used and left open.
async fn on_connection<S, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
) -> Result<S, Failure>
where
    S: Sink<DB>,
    DB: Backend,
{
    if connection.is_in_transaction() {
        collect::batch(connection, request.unnamed_for_all_columns()).await
    } else if !request.needs_transaction() || DB::in_transaction(connection).await? {
        collect::batch(connection, request).await
    } else {
        in_own_transaction(connection, request).await
    }
}

/// Reads on a connection without a transaction.
///
/// An unnamed statement is for a pooler, which may give each of the driver's two messages to
/// another session of the server, unless a transaction holds them together. And what SQLite knows of
/// the columns of a table, of which all are read, must hold until they are.
async fn in_own_transaction<S, DB>(
    connection: &mut DB::Connection,
    request: Request<DB>,
) -> Result<S, Failure>
where
    S: Sink<DB>,
    DB: Backend,
{
    if !request.needs_transaction() {
        return collect::batch(connection, request).await;
    }
    let failed = match connection.begin().await {
        Ok(mut transaction) => {
            let batch = collect::batch(&mut *transaction, request).await?;
            transaction.commit().await?;
            return Ok(batch);
        }
        Err(error) => error,
    };
    // SQLite has one that was begun by SQL, of which the driver does not know.
    if DB::DIALECT.learns_columns_once {
        collect::batch(connection, request).await
    } else {
        Err(failed.into())
    }
}
