//! Columns that the catalog cannot tell of, because SQL of the struct makes them: the database is asked
//! to prepare the statements themselves.

use sqlx_chunked_proof::{Fault, Mark};

use super::failed;
use crate::{
    backend::Backend,
    error::Error,
    fetch::connector::Connector,
    model::table::Table,
    sql::probe::{of_column, of_columns, of_source},
};

/// Returns what the database refuses of the SQL and the columns of a model, apart from columns that were
/// found to be missing.
pub(super) async fn refused<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    table: &Table,
    found: &[Fault],
) -> Result<Vec<Fault>, Error> {
    let model = table.model;
    if refusal(connector, table, of_columns::<DB>(table)).await?.is_none() {
        return Ok(Vec::new());
    }
    let word = if model.query.is_some() { "query" } else { "join" };
    if let Some(reason) = refusal(connector, table, of_source::<DB>(table)).await? {
        let help = format!("correct the SQL of `{word}`, or run the migrations");
        return Ok(vec![Fault::of_sql(model.name, table.name(), word, reason, help)]);
    }
    let mut faults = Vec::new();
    for (index, column) in model.columns.iter().enumerate() {
        let is_missing =
            |fault: &Fault| fault.mark == Mark::Column && fault.columns == [column.column];
        if found.iter().any(is_missing) {
            continue;
        }
        if let Some(reason) = refusal(connector, table, of_column::<DB>(table, index)).await? {
            let help = format!("name a column that `{word}` has, or run the migrations");
            faults.push(Fault::of_column(model.name, table.name(), column.column, reason, help));
        }
    }
    Ok(faults)
}

/// Returns the reason why the database refuses a statement, if it does. In a transaction the statement
/// is sent in a savepoint, so that an error does not end the transaction.
async fn refusal<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    table: &Table,
    sql: String,
) -> Result<Option<String>, Error> {
    let sent = match connector.is_in_transaction().await {
        Ok(true) => in_savepoint(connector, sql).await,
        Ok(false) => connector.lend(|connection| Box::pin(DB::probe(connection, sql))).await,
        Err(error) => Err(error),
    };
    let Err(source) = sent else { return Ok(None) };
    match source.as_database_error() {
        Some(error) if !DB::is_dead(&source) && !DB::is_denied(&source) => {
            Ok(Some(error.message().to_owned()))
        }
        _ => Err(failed::<DB>(table, source)),
    }
}

async fn in_savepoint<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    sql: String,
) -> Result<(), sqlx::Error> {
    let mut savepoint = connector.begin().await?;
    let sent = DB::probe(&mut savepoint, sql).await;
    savepoint.rollback().await?;
    sent
}
