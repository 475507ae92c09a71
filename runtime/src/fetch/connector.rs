//! Finds the connection for each statement, and decides how it is sent: with or without a name,
//! through the driver or without it.

use std::sync::Arc;

use sqlx::{Pool, Transaction, pool::PoolConnection};

use super::{
    collect::{Collect, Collector, Rows},
    execute::{self, Failure},
    kept::{Kept, from_pool},
    request::Request,
    transaction::on_connection,
};
use crate::{
    backend::{Backend, direct::Direct},
    error::Error,
    model::{Model, row::DecodeAs},
};

/// The connections that statements are sent on, and how they are sent.
#[doc(hidden)]
pub struct Connector<'s, DB: Backend> {
    connections: Connections<'s, DB>,
    /// True if statements get a name on the server.
    named: bool,
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
    Connection(PoolConnection<DB>),
    Transaction(Transaction<'static, DB>),
    Borrowed(&'s mut DB::Connection),
}

impl<'s, DB: Backend> Connector<'s, DB> {
    pub(super) const fn new(connections: Connections<'s, DB>) -> Self {
        Self { connections, named: true, direct: true, left_to_driver: Vec::new() }
    }

    pub(super) fn of_pool(pool: Pool<DB>) -> Self {
        Self::new(Connections::Pool { pool, kept: None, session: DB::Session::default() })
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
        let Self { connections, named, direct, left_to_driver } = self;
        let connections = match connections {
            Connections::Pool { pool, kept, session } => Connections::Pool { pool, kept, session },
            Connections::Connection(connection) => Connections::Connection(connection),
            Connections::Transaction(transaction) => Connections::Transaction(transaction),
            connections @ Connections::Borrowed(_) => {
                return Err(Self { connections, named, direct, left_to_driver });
            }
        };
        Ok(Connector { connections, named, direct, left_to_driver })
    }

    pub(crate) const fn is_pool(&self) -> bool {
        matches!(self.connections, Connections::Pool { .. })
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
        let may_be_direct = self.may_read_directly(&request);
        // Never use two connections at once: a pool may have just one.
        if may_be_direct
            && let Connections::Pool { pool, kept: None, session } = &mut self.connections
        {
            let Request { statement, expected } = request;
            let collector = Collector::new(decode, Arc::clone(&expected));
            request = match DB::read_directly(pool, session, statement, collector).await {
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
                *session = DB::Session::default();
                from_pool(pool, kept, request, sink).await
            }
            Connections::Connection(connection) => {
                on_connection(&mut **connection, request, sink).await
            }
            Connections::Transaction(transaction) => {
                execute::read(&mut **transaction, request.unnamed_for_all_columns(), sink).await
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

    fn may_read_directly(&self, request: &Request<DB>) -> bool {
        let model = request.expected.key.model();
        self.direct
            && request.statement.values.is_some()
            && !request.selects_everything()
            && !self.left_to_driver.iter().any(|left| std::ptr::eq(*left, model))
            && DB::reads_directly(model.columns.iter().map(|column| column.type_id))
    }

    fn is_named(&self, request: &Request<DB>) -> bool {
        self.named && !(DB::DIALECT.learns_columns_once && request.selects_everything())
    }
}
