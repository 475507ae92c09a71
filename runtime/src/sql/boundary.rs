//! The statement that finds where the last batch of writes ends.

use sqlx::error::BoxDynError;

use super::{
    clauses::{Conditions, sort, write_filters},
    nulls::{HiddenNulls, select_nulls},
    seek::{Start, beyond, up_to},
    writer::Writer,
};
use crate::{
    backend::{Backend, statement::Statement, value::RawValue},
    expr::filter::Filter,
    position::key::Key,
};

/// Builds the statement that finds the key of the last row after a position and up to an end.
///
/// ```sql
/// SELECT "t"."id" FROM "t" WHERE ("t"."id" > ?) ORDER BY "t"."id" DESC LIMIT 1
/// ```
pub(crate) fn last<DB: Backend>(
    key: &Key,
    filters: &mut [Filter<DB>],
    (from, end): (Option<Start<'_>>, Option<&[RawValue]>),
    nulls: HiddenNulls<'_>,
    companions: &[usize],
) -> Result<Statement<DB>, BoxDynError> {
    let mut sql = Writer::<DB>::new(&key.table);
    sql.select(&key.order);
    sql.selection_of(key.order.iter().map(|sort| sort.column));
    sql.companions(companions);
    select_nulls(&mut sql, key, filters, nulls)?;
    sql.push(" FROM ");
    sql.table();
    let mut conditions = Conditions::default();
    if let Some(Start { position, included, .. }) = from {
        conditions.next(&mut sql);
        beyond(&mut sql, key, position, included)?;
        sql.push(")");
    }
    if let Some(end) = end {
        conditions.next(&mut sql);
        up_to(&mut sql, key, end)?;
        sql.push(")");
    }
    write_filters(&mut sql, &mut conditions, filters, |_| false, &[])?;
    sort(&mut sql, &key.reversed().order, Writer::column)?;
    sql.push(" LIMIT ");
    sql.limit(1)?;
    Ok(sql.statement)
}
