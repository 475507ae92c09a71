//! How statements about checkpoints are sent, and what their errors mean.

use sqlx::error::BoxDynError;

use super::{sql::TableName, transaction::write};
use crate::{
    backend::{Backend, contention::Contention, statement::Statement},
    error::Error,
    fetch::{connector::Connector, source::Source},
};

/// The table of checkpoints, and how statements are sent.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) table: TableName,
    /// True if statements get a name on the server.
    pub(super) named: bool,
}

impl Access {
    pub(super) const fn to(table: String) -> Self {
        Self { table: TableName { schema: None, table }, named: true }
    }

    /// Returns the connector of a source. A transaction that is passed by value would be rolled back,
    /// and with it what was written.
    pub(super) fn connector<'s, S: Source<'s>>(
        &self,
        source: S,
    ) -> Result<Connector<'s, S::Database>, Error> {
        let mut connector = source.into_connector();
        if connector.has_transaction() {
            let reason = "the transaction is passed by value, and would be rolled back: pass \
                          `&mut transaction`";
            return Err(self.failed::<S::Database>(sqlx::Error::Configuration(reason.into())));
        }
        connector.set_named(self.named);
        Ok(connector)
    }

    /// Sends a statement that writes. Returns the number of rows it wrote.
    pub(super) async fn write<DB: Backend>(
        &self,
        connector: &mut Connector<'_, DB>,
        statement: Result<Statement<DB>, BoxDynError>,
    ) -> Result<u64, Error> {
        let written = match statement {
            Ok(statement) => write(connector, statement).await,
            Err(error) => Err(sqlx::Error::Encode(error)),
        };
        written.map_err(|source| self.failed::<DB>(source))
    }

    /// Returns the error for a statement that failed.
    pub(super) fn failed<DB: Backend>(&self, source: sqlx::Error) -> Error {
        let hint = if DB::is_without_table(&source) {
            Some("create it first, by `Checkpoints::create` or a migration")
        } else {
            DB::hint(&source).or_else(|| DB::contention(&source).map(Contention::of_checkpoints))
        };
        Error::Checkpoints { table: self.table.table.clone(), source, hint }
    }
}
