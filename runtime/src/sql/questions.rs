//! Statements that read no rows, but ask whether something was lost.

use sqlx::error::BoxDynError;

use super::{
    clauses::{Conditions, write_filters},
    compare,
    nulls::HiddenNulls,
    seek::{End, Place, Start, beyond, up_to},
    span::Span,
    writer::Writer,
};
use crate::{
    backend::{Backend, statement::Statement, value::RawValue},
    expr::filter::Filter,
    position::{guard::Doubt, key::Key},
};

/// Builds the statement that is sent if no row came that could tell two things: whether the
/// position still fits the types and collations of the key's columns, and whether the key
/// holds a NULL. Returns `None` if there is nothing to ask.
pub(crate) fn at_end<DB: Backend>(
    key: &Key,
    filters: &mut [Filter<DB>],
    position: &[RawValue],
    nulls: HiddenNulls<'_>,
    types: bool,
) -> Result<Option<Statement<DB>>, BoxDynError> {
    let mut sql = Writer::<DB>::new(&key.table);
    let mut asked = false;
    let mut next = |sql: &mut Writer<DB>| {
        sql.push(if asked { ", " } else { "SELECT " });
        asked = true;
    };
    let parts: Vec<_> = key.typed_parts::<DB>().filter(|_| types).collect();
    for &(_, column) in &parts {
        next(&mut sql);
        sql.push("(SELECT ");
        sql.column(column);
        sql.push(" FROM ");
        sql.table();
        sql.push(" WHERE 1 = 0)");
    }
    let texts: Vec<_> =
        parts.iter().map(|&(part, column)| (sql.column_text(column), &position[part])).collect();
    if let Some(question) = DB::outdated(texts.iter().map(|(column, value)| (&**column, *value))) {
        next(&mut sql);
        sql.push("(SELECT ");
        sql.push(&question);
        sql.push(" FROM ");
        sql.table();
        sql.push(" WHERE 1 = 0)");
    }
    for &part in nulls.parts {
        next(&mut sql);
        nulls.exist(&mut sql, key, filters, part)?;
    }
    Ok(asked.then_some(sql.statement))
}

/// Builds the statement that asks whether a row has a given key, but is left out by the condition
/// for the rows after a position.
///
/// If each value has its own type (SQLite), a comparison may convert it to the type of the column.
/// A thorough question therefore looks the row up by its exact key, without an index, and asks
/// whether the batch's own condition finds it.
pub(crate) fn left_out<DB: Backend>(doubt: &Doubt) -> Result<Statement<DB>, BoxDynError> {
    let mut sql = Writer::<DB>::new(&doubt.key.table);
    sql.push("SELECT EXISTS (");
    with_key(&mut sql, doubt)?;
    if doubt.thorough && DB::DIALECT.values_have_types {
        sql.push(") AND NOT EXISTS (");
        with_key(&mut sql, doubt)?;
        sql.push(" AND (");
        after(&mut sql, &doubt.key, Start::after(&doubt.position))?;
        sql.push("))");
    } else {
        sql.push(" AND (");
        after(&mut sql, &doubt.key, Start::after(&doubt.position))?;
        sql.push(") IS NOT TRUE)");
    }
    Ok(sql.statement)
}

fn with_key<DB: Backend>(sql: &mut Writer<DB>, doubt: &Doubt) -> Result<(), BoxDynError> {
    let Doubt { key, row, thorough, .. } = doubt;
    sql.push("SELECT 1 FROM ");
    sql.table();
    sql.push(" WHERE (");
    sql.separated(" AND ", key.order.iter().zip(row), |sql, (sort, value)| {
        if *thorough && DB::DIALECT.values_have_types {
            sql.push("+");
        }
        compare::is(sql, sort.column, value)
    })?;
    sql.push(")");
    Ok(())
}

/// Builds the statement that asks whether a position is between two others, as the database compares
/// the columns of the order: no row has to have it.
///
/// ```sql
/// SELECT EXISTS (SELECT 1 FROM (
///   SELECT "t"."id" AS "key_0" FROM "t" WHERE 1 = 0 UNION ALL SELECT $1
/// ) AS "cursor" WHERE ("key_0" >= $2) AND ("key_0" <= $3))
/// ```
pub(crate) fn is_between<DB: Backend>(
    key: &Key,
    position: &[RawValue],
    [from, end]: [Option<End<'_>>; 2],
) -> Result<Statement<DB>, BoxDynError> {
    let columns = || key.order.iter().map(|sort| sort.column);
    let mut sql = Writer::<DB>::new(&key.table);
    sql.push("SELECT EXISTS (SELECT 1 FROM (SELECT ");
    // Types and collations are those of the columns.
    sql.named_selection_of(columns());
    sql.push(" FROM ");
    sql.table();
    sql.push(" WHERE 1 = 0 UNION ALL SELECT ");
    sql.separated(", ", position, |sql, value| {
        if value.is_null() {
            sql.push("NULL");
            return Ok(());
        }
        DB::bind_raw(&mut sql.statement, value)
    })?;
    sql.push(") AS ");
    sql.name("sqlx_chunked_cursor");
    sql.columns_are_of_key(columns());
    let mut conditions = Conditions::default();
    if let Some(End { position, included }) = from {
        conditions.next(&mut sql);
        beyond(&mut sql, key, position, included)?;
        sql.push(")");
    }
    if let Some(end) = end {
        conditions.next(&mut sql);
        up_to(&mut sql, key, end)?;
        sql.push(")");
    }
    sql.push(")");
    Ok(sql.statement)
}

/// The statement that counts the rows from a position to an end, up to a limit.
///
/// ```sql
/// SELECT count(*) FROM "t" WHERE ("t"."id" > ?);
/// SELECT count(*) FROM (SELECT 1 FROM "t" WHERE ("t"."id" > ?) LIMIT ? + 0) AS "sqlx_chunked_counted"
/// ```
pub(crate) fn count<DB: Backend>(
    key: &Key,
    filters: &mut [Filter<DB>],
    from: Option<Start<'_>>,
    end: Option<End<'_>>,
    limit: Option<u64>,
) -> Result<Statement<DB>, BoxDynError> {
    let mut sql = Writer::<DB>::new(&key.table);
    sql.push(match limit {
        None => "SELECT count(*) FROM ",
        Some(_) => "SELECT count(*) FROM (SELECT 1 FROM ",
    });
    sql.table();
    let mut conditions = Conditions::default();
    match (from, end) {
        (None, None) => {}
        (Some(from), None) => {
            conditions.next(&mut sql);
            after(&mut sql, key, from)?;
            sql.push(")");
        }
        (from, Some(end)) => {
            conditions.next(&mut sql);
            Span { from, end }.write(&mut sql, key)?;
            sql.push(")");
        }
    }
    write_filters(&mut sql, &mut conditions, filters, |_| false, &[])?;
    if let Some(limit) = limit {
        sql.limited_to(limit)?;
        sql.push(") AS ");
        sql.name("sqlx_chunked_counted");
    }
    Ok(sql.statement)
}

/// The rows after a position, wherever an index has them.
fn after<DB: Backend>(sql: &mut Writer<DB>, key: &Key, from: Start<'_>) -> Result<(), BoxDynError> {
    sql.push("(");
    let places = Place::after::<DB>(key, from, &|_| false);
    sql.separated(") OR (", &places, |sql, place| place.write(sql))?;
    sql.push(")");
    Ok(())
}
