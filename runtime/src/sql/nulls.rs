//! The question whether rows with a NULL in the key are hidden from an iteration.

use sqlx::error::BoxDynError;

use super::{
    clauses::{Conditions, write_filters},
    seek::beyond,
    writer::Writer,
};
use crate::{
    backend::{Backend, value::RawValue},
    expr::filter::Filter,
    position::key::Key,
};

/// The prefix of the names of the columns that report NULLs; no name of the user's should clash with
/// them.
const HAS_NULLS: &str = "sqlx_chunked_has_nulls";

/// Writes a column for each question, after the other selected columns.
pub(super) fn select_nulls<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &Key,
    filters: &mut [Filter<DB>],
    nulls: HiddenNulls<'_>,
) -> Result<(), BoxDynError> {
    for &part in nulls.parts {
        sql.push(", ");
        nulls.exist(sql, key, filters, part)?;
        sql.push(" AS ");
        sql.name(&format!("{HAS_NULLS}_{part}"));
    }
    Ok(())
}

/// The parts of a key that may hold NULLs which no seek finds.
#[derive(Clone, Copy)]
pub(crate) struct HiddenNulls<'a> {
    /// One question is asked for each of them.
    pub(crate) parts: &'a [usize],
    /// The position from which on rows are read, if not from the first row.
    pub(crate) from: Option<&'a [RawValue]>,
    /// The end of the part that is read, if there is one.
    pub(crate) end: Option<&'a [RawValue]>,
    /// True if the statement itself reads backwards from the end.
    pub(crate) reversed: bool,
}

impl HiddenNulls<'_> {
    pub(crate) const NONE: Self = Self { parts: &[], from: None, end: None, reversed: false };

    /// Writes whether there is a row to be read that has a NULL in a part.
    ///
    /// ```sql
    /// EXISTS (SELECT 1 FROM "t" WHERE ("t"."a" >= ?) AND ("t"."b" IS NULL))
    /// ```
    pub(super) fn exist<DB: Backend>(
        self,
        sql: &mut Writer<DB>,
        key: &Key,
        filters: &mut [Filter<DB>],
        part: usize,
    ) -> Result<(), BoxDynError> {
        let reversed = self.reversed.then(|| key.reversed());
        let key = reversed.as_ref().unwrap_or(key);
        let column = key.order[part].column;
        let table = sql.table.clone();
        let text = sql.column_text(column);
        let described = table.column(&text, column);
        if let Some(condition) = DB::may_have_nulls(&described) {
            sql.push(&condition);
            sql.push(" AND ");
        }
        sql.push("EXISTS (SELECT 1 FROM ");
        sql.table();
        let mut conditions = Conditions::default();
        write_filters(sql, &mut conditions, filters, |_| false, &[])?;
        if part > 0
            && let Some(position) = self.from
        {
            conditions.next(sql);
            // A NULL that sorts first comes before the position, if all before it is equal.
            let ties = key.has_nulls_last::<DB>(part);
            beyond(sql, key, &position[..part], ties)?;
            sql.push(")");
        }
        if part > 0
            && let Some(end) = self.end
        {
            conditions.next(sql);
            let ties = !key.has_nulls_last::<DB>(part);
            beyond(sql, &key.reversed(), &end[..part], ties)?;
            sql.push(")");
        }
        conditions.next(sql);
        sql.null(column, false);
        sql.push(")");
        if let Some(condition) = DB::is_no_value(&described) {
            conditions.next(sql);
            sql.push(&condition);
            sql.push(")");
        }
        sql.push(")");
        Ok(())
    }
}
