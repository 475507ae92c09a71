//! Proof at start-up: what models say of their tables is held against the catalog of the database. The
//! rules are in the crate `sqlx-chunked-proof`; this room asks for what they need.

mod ask;
mod claims;
mod columns;

use std::iter;

use sqlx_chunked_proof::{Fault, Kind, Table as Description, advice, faults};

use self::{
    ask::{ask, failed},
    columns::{add_unlisted, refused},
};
use crate::{
    backend::Backend, error::Error, expr::order::Sort, fetch::connector::Connector,
    model::table::Table, position::key::Key,
};

/// A table, and the order that it is read in.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    table: Table,
    order: Vec<Sort>,
    /// Other columns that are relied on.
    columns: Vec<usize>,
}

impl Read {
    /// A table that is read in the order of its chunk key.
    pub(crate) fn by_chunk_key(table: impl Into<Table>) -> Self {
        Self::by(&Key::of(table))
    }

    /// The table of a key, read in its order.
    pub(crate) fn by(key: &Key) -> Self {
        Self { table: key.table.clone(), order: key.order.to_vec(), columns: Vec::new() }
    }

    /// Relies on further columns.
    pub(crate) fn with(self, columns: Vec<usize>) -> Self {
        Self { columns, ..self }
    }
}

/// Holds the model of a table, and those of its relations, against the catalog.
pub(crate) async fn verify<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    read: Read,
    related: Vec<Read>,
) -> Result<(), Error> {
    let model = read.table.model.name;
    let mut faults = Vec::new();
    for read in iter::once(read).chain(related) {
        for fault in faults_of(connector, &read).await? {
            // Two relations can lead to one table.
            if !faults.contains(&fault) {
                faults.push(fault);
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Unproven { model, faults }) }
}

async fn faults_of<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    read: &Read,
) -> Result<Vec<Fault>, Error> {
    let table = &read.table;
    let claims = claims::of(read);
    let Some(mut described) = describe(connector, table).await? else {
        return Ok(faults(DB::PROOF, &claims, None));
    };
    described.columns.extend(claims::columns_from_elsewhere(table.model));
    add_unlisted(connector, table, &claims, &mut described).await?;
    if let Some(advice) = advice(DB::PROOF, &claims, &described) {
        tracing::warn!("`{}`: {advice}", table.model.name);
    }
    let mut found = faults(DB::PROOF, &claims, Some(&described));
    if table.model.join.is_some() || table.model.query.is_some() {
        found.extend(refused(connector, table, &found).await?);
    }
    Ok(found)
}

/// Returns the description of a table, if it is there.
async fn describe<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    table: &Table,
) -> Result<Option<Description>, Error> {
    if table.model.query.is_some() {
        return Ok(Some(Description::empty(Kind::Unprovable("is a query".into()))));
    }
    let (schema, name) = (table.schema().map(str::to_owned), table.name().to_owned());
    let described = ask(connector, |connection| {
        Box::pin(async move { DB::describe(connection, schema.as_deref(), &name).await })
    });
    described.await.map_err(|source| failed::<DB>(table, source, DB::CATALOG_HINT))
}
