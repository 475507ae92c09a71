//! Columns that the catalog cannot tell of, because SQL of the struct makes them, or because the database
//! finds more than its catalog lists: it is asked to run statements that return nothing.

use sqlx_chunked_proof::{Claims, Column, Fault, Mark, NotNull, Table as Description};

use super::ask::{ask, failed};
use crate::{
    backend::Backend,
    error::Error,
    fetch::connector::Connector,
    model::table::Table,
    sql::probe::{of_column, of_columns, of_source},
};

/// What to do if a role may not read what a statement names.
const MAY_NOT_READ: &str =
    "the role must be allowed to read every table and column that the model's statements name";

/// Adds columns to a description that are not in the catalog, but that the database knows: system columns,
/// and names that it cuts short.
pub(super) async fn add_unlisted<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    table: &Table,
    claims: &Claims,
    described: &mut Description,
) -> Result<(), Error> {
    for claim in claims.claims.iter().filter(|claim| claim.mark == Mark::Column) {
        let Some(name) = claim.columns.first() else { continue };
        let index = table.model.columns.iter().position(|column| column.column == name);
        let Some(index) = index.filter(|_| described.column(DB::PROOF, name).is_none()) else {
            continue;
        };
        if refusal(connector, table, of_column::<DB>(table, index)).await?.is_none() {
            described.columns.push(elsewhere(name, "the catalog does not list it"));
        }
    }
    Ok(())
}

/// Returns a column of which nothing is known but that it is there.
pub(super) fn elsewhere(name: &str, reason: &'static str) -> Column {
    Column {
        not_null: NotNull::Unknown(reason.into()),
        by_bytes: false,
        by_letters: false,
        implicit: true,
        ..Column::of(name)
    }
}

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

/// Returns the reason why the database refuses a statement, if it does. What has nothing to do with the
/// statement, such as a time-out, is an error.
async fn refusal<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    table: &Table,
    sql: String,
) -> Result<Option<String>, Error> {
    let sent = ask(connector, |connection| Box::pin(DB::probe(connection, sql))).await;
    let Err(source) = sent else { return Ok(None) };
    match source.as_database_error() {
        Some(error) if DB::is_about_sql(&source) => Ok(Some(error.message().to_owned())),
        _ => Err(failed::<DB>(table, source, MAY_NOT_READ)),
    }
}
