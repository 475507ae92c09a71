//! Finds the connection for each statement, and decides how it is sent: with or without a name,
//! through the driver or without it.

use std::sync::Arc;

use futures_core::future::BoxFuture;
use sqlx::{Connection as _, Pool, Transaction};

use super::{
    collect::{Collect, Collector, Rows},
    execute::{self, Failure},
    kept::{Kept, from_pool},
    request::Request,
    transaction::{begin, on_connection},
};
use crate::{
    backend::{
        Backend,
        begun::Begun,
        direct::{Direct, log_driver_route},
        owned::{Lender, Owned, Owner},
        statement::Statement,
    },
    error::Error,
    model::{Model, row::DecodeAs},
};

/// The connections that statements are sent on, and how they are sent.
#[doc(hidden)]
pub struct Connector<'s, DB: Backend> {
    connections: Connections<'s, DB>,
    /// True if statements get a name on the server.
    named: bool,
    /// True if the database may have ended the transaction.
    in_doubt: bool,
    /// True if rows may be read without the driver.
    direct: bool,
    /// The models whose rows were left to the driver once: the cause is likely to be there again.
    left_to_driver: Vec<&'static Model>,
}

/// The origin of connections.
pub(super) enum Connections<'s, DB: Backend> {
    Pool {
        pool: Pool<DB>,
        /// The connection of the pool that was read from, until it is released.
        kept: Option<Kept<DB>>,
        /// Reads without the driver.
        session: DB::Session,
    },
    Owned {
        owned: Owned<DB>,
        /// Reads without the driver, and then has the connection.
        session: DB::Session,
    },
    Borrowed(&'s mut DB::Connection),
}

impl<'s, DB: Backend> Connector<'s, DB> {
    pub(super) const fn new(connections: Connections<'s, DB>) -> Self {
        let in_doubt = DB::DIALECT.ends_transactions_unnoticed;
        Self { connections, named: true, in_doubt, direct: true, left_to_driver: Vec::new() }
    }

    pub(super) fn of_pool(pool: Pool<DB>) -> Self {
        Self::new(Connections::Pool { pool, kept: None, session: DB::Session::default() })
    }

    pub(super) fn of_owner(owner: Owner<DB>) -> Self {
        let session = DB::Session::default();
        Self::new(Connections::Owned { owned: Owned::new(owner), session })
    }

    /// Sets whether statements get a name on the server; by default they do.
    pub(crate) const fn set_named(&mut self, named: bool) {
        self.named = named;
    }

    /// Sets whether rows may be read without the driver; by default they may.
    #[cfg(feature = "sqlite")]
    pub(crate) const fn set_direct(&mut self, direct: bool) {
        self.direct = direct;
    }

    /// Returns the connector as an owned one, unless its connection is borrowed.
    pub(crate) fn into_owned(self) -> Result<Connector<'static, DB>, Self> {
        let Self { connections, named, in_doubt, direct, left_to_driver } = self;
        let connections = match connections {
            Connections::Pool { pool, kept, session } => Connections::Pool { pool, kept, session },
            Connections::Owned { owned, session } => Connections::Owned { owned, session },
            connections @ Connections::Borrowed(_) => {
                return Err(Self { connections, named, in_doubt, direct, left_to_driver });
            }
        };
        Ok(Connector { connections, named, in_doubt, direct, left_to_driver })
    }

    pub(crate) const fn is_pool(&self) -> bool {
        self.pool().is_some()
    }

    /// Returns the pool that connections come from, if they do.
    pub(crate) const fn pool(&self) -> Option<&Pool<DB>> {
        match &self.connections {
            Connections::Pool { pool, .. } => Some(pool),
            _ => None,
        }
    }

    /// Returns whether it has a transaction of the program's, which ends with it.
    pub(crate) const fn has_transaction(&self) -> bool {
        matches!(&self.connections, Connections::Owned { owned, .. } if owned.is_transaction())
    }

    /// Sends what follows in a transaction.
    pub(crate) fn enter(&mut self, mut begun: Begun<DB>) {
        begun.set_busy(!DB::DIALECT.survives_half_read);
        self.in_doubt = false;
        let session = DB::Session::default();
        self.connections = Connections::Owned { owned: Owned::new(Owner::Begun(begun)), session };
    }

    /// Returns the transaction that was entered, unless it was lost.
    pub(crate) async fn leave(&mut self) -> Option<Begun<DB>> {
        let Connections::Owned { owned, session } = &mut self.connections else { return None };
        DB::end_loan(session);
        let mut begun = owned.take_begun().await?;
        begun.set_busy(false);
        Some(begun)
    }

    /// Gives a connection that was taken from a pool back to the pool.
    pub(crate) fn release(&mut self) {
        if let Connections::Pool { kept, .. } = &mut self.connections {
            *kept = None;
        }
    }

    /// Reads the rows of a statement, without the driver if possible. A connection taken from a
    /// pool is kept until it is released.
    pub(crate) async fn read<M, S>(
        &mut self,
        mut request: Request<DB>,
        decode: DecodeAs<M, DB>,
        sink: S,
    ) -> Result<Rows<M, S>, Error>
    where
        M: Send + 'static,
        S: Collect<DB>,
    {
        if self.may_read_directly(&request)
            && let Some((lender, session)) = self.connections.lender()
        {
            let Request { statement, expected } = request;
            let collector = Collector::new(decode, Arc::clone(&expected));
            request = match DB::read_directly(lender, session, statement, collector).await {
                Ok(Direct::Read(collector)) => return Ok(Rows::Decoded(collector.finish())),
                Ok(Direct::Refused(statement)) => Request { statement, expected },
                Err(source) => return Err(expected.key.refused::<DB>(source)),
            };
            self.left_to_driver.push(request.expected.key.model());
        }
        self.read_by_driver(request, sink).await.map(Rows::Driver)
    }

    /// Reads the rows of a statement, or an answer, through the driver.
    pub(crate) async fn read_by_driver<S: Collect<DB>>(
        &mut self,
        mut request: Request<DB>,
        sink: S,
    ) -> Result<S, Error> {
        request.statement.persistent = self.is_named(&request);
        let key = request.expected.key.clone();
        let read = match &mut self.connections {
            Connections::Pool { pool, kept, session } => {
                DB::end_loan(session);
                from_pool(pool, kept, request, sink).await
            }
            Connections::Owned { owned, session } => {
                // It may have the connection, and gives it back.
                DB::end_loan(session);
                match owned.here().await {
                    Ok(connection) => on_connection(&mut **connection, request, sink).await,
                    Err(source) => Err(source.into()),
                }
            }
            Connections::Borrowed(connection) => {
                on_connection(&mut **connection, request, sink).await
            }
        };
        read.map_err(|failure| match failure {
            Failure::Query { source, .. } => key.refused::<DB>(source),
            Failure::Rows(error) => error,
        })
    }

    /// Begins a transaction, or a savepoint in the caller's one, which takes the connection until it
    /// ends.
    pub(crate) async fn begin(&mut self) -> Result<Transaction<'_, DB>, sqlx::Error> {
        match &mut self.connections {
            Connections::Pool { pool, kept, session } => {
                DB::end_loan(session);
                *kept = None;
                let taken = kept.insert(Kept::acquire(pool).await?);
                begin::<DB>(taken.connection()).await
            }
            Connections::Owned { owned, session } => {
                DB::end_loan(session);
                begin::<DB>(owned.here().await?).await
            }
            Connections::Borrowed(connection) => begin::<DB>(connection).await,
        }
    }

    /// Returns whether the connection is in a transaction that was begun by SQL, so that sqlx would
    /// begin another one in it. A connection of a pool is not.
    pub(crate) async fn is_in_foreign_transaction(&mut self) -> Result<bool, sqlx::Error> {
        let Some(connection) = self.held().await? else { return Ok(false) };
        Ok(!connection.is_in_transaction() && DB::in_transaction(connection).await?)
    }

    /// Returns the caller's connection; a pool has none.
    async fn held(&mut self) -> Result<Option<&mut DB::Connection>, sqlx::Error> {
        Ok(match &mut self.connections {
            Connections::Pool { .. } => None,
            Connections::Owned { owned, session } => {
                DB::end_loan(session);
                Some(&mut **owned.here().await?)
            }
            Connections::Borrowed(connection) => Some(&mut **connection),
        })
    }

    /// Ends the use of a connection of a pool after a transaction: it goes back, or is closed if the
    /// transaction did not end as it should.
    pub(crate) fn give_back(&mut self, whole: bool) {
        if let Connections::Pool { kept, .. } = &mut self.connections
            && let Some(mut taken) = kept.take()
        {
            if whole {
                taken.is_whole();
            } else {
                taken.discard();
            }
        }
    }

    /// Returns whether the caller's connection is in a transaction that was begun by sqlx.
    pub(crate) async fn is_in_transaction(&mut self) -> Result<bool, sqlx::Error> {
        Ok(self.held().await?.is_some_and(|connection| connection.is_in_transaction()))
    }

    /// Takes note of an error, at which the database may have ended the transaction.
    pub(crate) const fn doubt_transaction(&mut self) {
        self.in_doubt = true;
    }

    /// Asks the database whether the transaction is still open, if there is reason to doubt it.
    pub(crate) async fn confirm_transaction(&mut self) -> Result<(), sqlx::Error> {
        if !self.in_doubt {
            return Ok(());
        }
        if let Some(connection) = self.held().await? {
            DB::confirm_open(connection).await?;
        }
        self.in_doubt = false;
        Ok(())
    }

    /// Returns a connector for a connection.
    pub(crate) const fn within(connection: &'s mut DB::Connection, named: bool) -> Self {
        let connections = Connections::Borrowed(connection);
        Self { connections, named, in_doubt: false, direct: false, left_to_driver: Vec::new() }
    }

    /// Returns whether statements get a name on the server.
    pub(crate) const fn is_named_by_default(&self) -> bool {
        self.named
    }

    /// Sends a statement that writes. Returns the number of rows it wrote.
    pub(crate) async fn write(&mut self, mut statement: Statement<DB>) -> Result<u64, sqlx::Error> {
        statement.persistent = self.named;
        self.lend(|connection| Box::pin(execute::write::<DB>(connection, statement))).await
    }

    /// Returns the rows of a statement of our own, which must be in a transaction unless it has a name.
    pub(crate) async fn rows(
        &mut self,
        mut statement: Statement<DB>,
    ) -> Result<Vec<DB::Row>, sqlx::Error> {
        statement.persistent = self.named;
        self.lend(|connection| Box::pin(execute::rows::<DB>(connection, statement))).await
    }

    /// Lends the connection to something that sends statements of its own.
    pub(crate) async fn lend<T>(
        &mut self,
        using: impl for<'c> FnOnce(&'c mut DB::Connection) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        match &mut self.connections {
            Connections::Pool { pool, kept, session } => {
                DB::end_loan(session);
                *kept = None;
                let mut taken = Kept::acquire(pool).await?;
                let done = using(taken.connection()).await;
                taken.is_whole_after(&done);
                done
            }
            Connections::Owned { owned, session } => {
                DB::end_loan(session);
                using(&mut **owned.here().await?).await
            }
            Connections::Borrowed(connection) => using(&mut **connection).await,
        }
    }

    fn may_read_directly(&mut self, request: &Request<DB>) -> bool {
        let model = request.expected.key.model();
        if !DB::HAS_DIRECT_ROUTE
            || self.left_to_driver.iter().any(|left| std::ptr::eq(*left, model))
        {
            return false;
        }
        let reason = if !self.direct {
            "`direct(false)` was called"
        } else if matches!(self.connections, Connections::Borrowed(_)) {
            "the connection or transaction is borrowed: pass it by value"
        } else if request.selects_everything() {
            "the struct has a field with `flatten` or `default`"
        } else {
            return true;
        };
        log_driver_route(format_args!("`{}`: {reason}", model.name));
        self.left_to_driver.push(model);
        false
    }

    fn is_named(&self, request: &Request<DB>) -> bool {
        self.named && !(DB::DIALECT.learns_columns_once && request.selects_everything())
    }
}

impl<DB: Backend> Connections<'_, DB> {
    /// Returns what can be read from without the driver, and what reads it.
    fn lender(&mut self) -> Option<(Lender<'_, DB>, &mut DB::Session)> {
        match self {
            Self::Pool { pool, kept: None, session } => Some((Lender::Pool(pool), session)),
            Self::Owned { owned, session } => Some((Lender::Owned(owned), session)),
            // Never use two connections at once: a pool may have just one.
            Self::Pool { kept: Some(_), .. } | Self::Borrowed(_) => None,
        }
    }
}
