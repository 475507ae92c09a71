//! Statements that write the rows of a span.

use sqlx::error::BoxDynError;

use super::{
    clauses::{Conditions, write_filters},
    span::Span,
    writer::Writer,
};
use crate::{
    backend::{Backend, statement::Statement},
    expr::{
        assignment::{NewValue, Set},
        filter::Filter,
    },
    position::key::Key,
};

/// The change that a statement makes to rows.
pub(crate) enum Change<DB: Backend> {
    Update(Vec<Set<DB>>),
    Delete,
}

/// Builds the statement that writes the rows of a span that meet the filters.
///
/// ```sql
/// UPDATE "t" SET "slug" = lower(headline) WHERE ("t"."id" > ?) AND ("t"."id" <= ?);
/// DELETE FROM "t" WHERE ("t"."id" > ?) AND ("t"."id" <= ?)
/// ```
pub(crate) fn write<DB: Backend>(
    key: &Key,
    filters: &mut [Filter<DB>],
    change: &mut Change<DB>,
    span: Span<'_>,
) -> Result<Statement<DB>, BoxDynError> {
    let mut sql = Writer::<DB>::new(&key.table);
    match change {
        Change::Update(sets) => {
            sql.push("UPDATE ");
            sql.table();
            sql.push(" SET ");
            sql.separated(", ", sets, set)?;
        }
        Change::Delete => {
            sql.push("DELETE ");
            // MariaDB has aliases only where several tables could be deleted from.
            if DB::DIALECT.names_deleted_alias && key.table.alias().is_some() {
                sql.name(key.model().table);
                sql.push(" ");
            }
            sql.push("FROM ");
            sql.table();
        }
    }
    let mut conditions = Conditions::default();
    conditions.next(&mut sql);
    span.write(&mut sql, key)?;
    sql.push(")");
    write_filters(&mut sql, &mut conditions, filters, |_| false, &[])?;
    Ok(sql.statement)
}

fn set<DB: Backend>(
    sql: &mut Writer<DB>,
    Set { column, to }: &mut Set<DB>,
) -> Result<(), BoxDynError> {
    let column = sql.table.model.columns[*column].column;
    sql.name(column);
    sql.push(" = ");
    match to {
        NewValue::Value(value) => value.bind(&mut sql.statement)?,
        NewValue::Null => sql.push("NULL"),
        NewValue::Sql(pushed) => {
            if !sql.with_builder(pushed)? {
                return Err(format!("the closure of `set_sql` for `{column}` pushed no SQL").into());
            }
            sql.note_types();
        }
    }
    Ok(())
}
