//! A connection that was taken from a pool, and is kept for the statements that follow at once.

use std::time::Instant;

use sqlx::{Pool, pool::PoolConnection};

use super::{
    collect::Collect, execute::Failure, request::Request, transaction::in_own_transaction,
};
use crate::backend::{Backend, pool::is_over};

/// A connection of a pool, and the time when it was taken from it.
#[derive(Debug)]
pub(super) struct Kept<DB: Backend> {
    connection: PoolConnection<DB>,
    since: Instant,
    /// True if a statement was sent but not read to its end.
    half_read: bool,
}

impl<DB: Backend> Kept<DB> {
    pub(super) async fn acquire(pool: &Pool<DB>) -> Result<Self, sqlx::Error> {
        let connection = pool.acquire().await?;
        Ok(Self { connection, since: Instant::now(), half_read: false })
    }

    /// Returns the connection, for a transaction. It is closed unless [`Self::is_whole`] is called.
    pub(super) fn connection(&mut self) -> &mut DB::Connection {
        self.half_read = true;
        &mut self.connection
    }

    /// Takes note that a transaction ended as it should.
    pub(super) const fn is_whole(&mut self) {
        self.half_read = false;
    }

    /// Takes note of the end of a statement: an error from the server ends it too.
    pub(super) fn is_whole_after<T>(&mut self, result: &Result<T, sqlx::Error>) {
        self.half_read = result
            .as_ref()
            .is_err_and(|source| source.as_database_error().is_none() || DB::is_dead(source));
    }

    /// Closes the connection, instead of giving it back.
    pub(super) fn discard(mut self) {
        self.connection.close_on_drop();
    }

    async fn read<S: Collect<DB>>(&mut self, request: Request<DB>, sink: S) -> Result<S, Failure> {
        self.half_read = true;
        let batch = in_own_transaction(&mut *self.connection, request, sink).await;
        self.half_read = match &batch {
            Ok(_) | Err(Failure::Rows(_)) => false,
            // An error from the server ends the statement.
            Err(Failure::Query { source, .. }) => {
                source.as_database_error().is_none() || DB::is_dead(source)
            }
        };
        batch
    }
}

/// Closes a half-read connection: the rest of its statement would be taken for the answer to the
/// next one, and some drivers wait for that rest forever.
impl<DB: Backend> Drop for Kept<DB> {
    fn drop(&mut self) {
        if self.half_read && !DB::DIALECT.survives_half_read {
            self.connection.close_on_drop();
        }
    }
}

/// Reads the rows of a statement on a connection of a pool.
pub(super) async fn from_pool<S, DB>(
    pool: &Pool<DB>,
    kept: &mut Option<Kept<DB>>,
    request: Request<DB>,
    sink: S,
) -> Result<S, Failure>
where
    S: Collect<DB>,
    DB: Backend,
{
    let mut taken = match kept.take() {
        Some(kept) if !is_over(pool, kept.since) => kept,
        given_back => {
            drop(given_back);
            Kept::acquire(pool).await?
        }
    };
    // If the user turned off the ping that `acquire` sends, only the first use shows that a
    // connection died in the pool. It is replaced once; if a connection dies later, the caller gets
    // the error.
    let batch = match taken.read(request.clone(), sink.anew()).await {
        Err(Failure::Query { source, rows_seen: false }) if DB::is_dead(&source) => {
            taken.connection.close_on_drop();
            drop(taken);
            taken = Kept::acquire(pool).await?;
            taken.read(request, sink).await?
        }
        batch => batch?,
    };
    *kept = Some(taken);
    Ok(batch)
}
