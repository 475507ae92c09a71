//! Comparing several columns with a tuple of values, from left to right.

use sqlx::error::BoxDynError;

use super::writer::Writer;
use crate::{
    backend::{Backend, dialect::Tuples, value::RawValue},
    expr::{operand::Bind, predicate::Operator},
};

/// A column and the value that it is compared with.
pub(crate) struct Compared<'a, DB: Backend> {
    pub(crate) column: usize,
    /// The side of the value that the rows are on: `Greater` or `Less`.
    pub(crate) side: Operator,
    pub(crate) value: Term<'a, DB>,
    /// True if NULLs are on that side of every value.
    pub(crate) nulls_follow: bool,
}

impl<DB: Backend> Compared<'_, DB> {
    const fn is_null(&self) -> bool {
        matches!(self.value, Term::Raw(RawValue::Null))
    }

    /// Returns whether the operator alone is enough, without a check for NULLs.
    const fn is_plain(&self) -> bool {
        !self.is_null() && !self.nulls_follow
    }

    /// Returns whether the column's bare value is compared.
    fn is_bare(&self) -> bool {
        matches!(self.value, Term::Raw(value) if value.is_bare())
    }
}

pub(crate) enum Term<'a, DB: Backend> {
    /// From a row, in the database's own form.
    Raw(&'a RawValue),
    /// From the user.
    Value(&'a dyn Bind<DB>),
}

/// Writes the condition for the rows on one side of a bound: `columns operator values`, compared
/// from left to right.
pub(crate) fn bound<DB: Backend>(
    sql: &mut Writer<DB>,
    columns: &[usize],
    operator: Operator,
    values: &[Box<dyn Bind<DB>>],
) -> Result<(), BoxDynError> {
    let (side, inclusive) = match operator {
        Operator::GreaterOrEqual => (Operator::Greater, true),
        Operator::LessOrEqual => (Operator::Less, true),
        strict => (strict, false),
    };
    let key: Vec<_> = columns
        .iter()
        .zip(values)
        .map(|(&column, value)| Compared {
            column,
            side,
            value: Term::Value(value.as_ref()),
            nulls_follow: false,
        })
        .collect();
    lexicographic(sql, &key, inclusive)
}

/// Writes the condition for the rows on one side of a tuple, with or without the tuple itself.
pub(crate) fn lexicographic<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &[Compared<'_, DB>],
    inclusive: bool,
) -> Result<(), BoxDynError> {
    match key {
        [] => {
            sql.push(if inclusive { "1 = 1" } else { "1 = 0" });
            Ok(())
        }
        [last] if last.is_plain() => compare(sql, last, operator(last.side, inclusive)),
        [first, ..]
            if DB::DIALECT.tuples != Tuples::Expanded
                && key
                    .iter()
                    .all(|part| part.side == first.side && part.is_plain() && !part.is_bare()) =>
        {
            if DB::DIALECT.tuples == Tuples::RowValue {
                // A row value leaves out no partitions; its first column leaves out all that can be
                // left out.
                compare(sql, first, operator(first.side, true))?;
                sql.push(" AND ");
            }
            sql.push("(");
            sql.separated(", ", key, |sql, next| {
                sql.column(next.column);
                Ok(())
            })?;
            sql.push(") ");
            sql.push(operator(first.side, inclusive).sql());
            sql.push(" (");
            sql.separated(", ", key, |sql, next| value(sql, next))?;
            sql.push(")");
            Ok(())
        }
        // Written so that MySQL sees ranges of an index, one next to the other.
        [first, rest @ ..] => {
            let is_one_term = DB::DIALECT.tuples == Tuples::FirstColumn;
            if is_one_term {
                // SQLite would search an index for each side of the OR, and sort.
                sql.push("+(");
            }
            if beyond(sql, first)? {
                sql.push(" OR ");
            }
            sql.push("(");
            equal(sql, first)?;
            sql.push(" AND (");
            lexicographic(sql, rest, inclusive)?;
            sql.push(if is_one_term { ")))" } else { "))" });
            Ok(())
        }
    }
}

/// Writes a comparison of a column as one of pairs: `(a, a) < (x, x)`.
pub(crate) fn pair<DB: Backend>(
    sql: &mut Writer<DB>,
    compared: &Compared<'_, DB>,
    inclusive: bool,
) -> Result<(), BoxDynError> {
    sql.push("(");
    sql.column(compared.column);
    sql.push(", ");
    sql.column(compared.column);
    sql.push(") ");
    sql.push(operator(compared.side, inclusive).sql());
    sql.push(" (");
    value(sql, compared)?;
    sql.push(", ");
    value(sql, compared)?;
    sql.push(")");
    Ok(())
}

/// Writes the condition for the rows that have a value in one column.
pub(crate) fn is<DB: Backend>(
    sql: &mut Writer<DB>,
    column: usize,
    value: &RawValue,
) -> Result<(), BoxDynError> {
    if value.is_null() {
        sql.null(column, false);
        return Ok(());
    }
    let value = Term::Raw(value);
    let compared = Compared { column, side: Operator::Equal, value, nulls_follow: false };
    compare(sql, &compared, Operator::Equal)
}

/// Writes the condition for the rows beyond a value in one column, with NULLs where they are
/// sorted. Returns whether there can be any such rows.
fn beyond<DB: Backend>(
    sql: &mut Writer<DB>,
    compared: &Compared<'_, DB>,
) -> Result<bool, BoxDynError> {
    let Compared { column, side, nulls_follow, .. } = *compared;
    match (compared.is_null(), nulls_follow) {
        (true, true) => return Ok(false),
        (true, false) => sql.null(column, true),
        (false, _) => compare(sql, compared, side)?,
    }
    if nulls_follow {
        sql.push(" OR ");
        sql.null(column, false);
    }
    Ok(true)
}

fn equal<DB: Backend>(
    sql: &mut Writer<DB>,
    compared: &Compared<'_, DB>,
) -> Result<(), BoxDynError> {
    if !compared.is_null() {
        return compare(sql, compared, Operator::Equal);
    }
    // `< NULL` is never true. MariaDB takes a lone IS NULL for a lookup by the first column of the
    // index, which begins at the first of all NULLs. With `< NULL` it takes a range of all columns.
    sql.push("(");
    sql.null(compared.column, false);
    sql.push(" OR ");
    sql.column(compared.column);
    sql.push(" < NULL)");
    Ok(())
}

fn compare<DB: Backend>(
    sql: &mut Writer<DB>,
    compared: &Compared<'_, DB>,
    operator: Operator,
) -> Result<(), BoxDynError> {
    if compared.is_bare() {
        sql.push("+");
    }
    sql.column(compared.column);
    sql.push(" ");
    sql.push(operator.sql());
    sql.push(" ");
    value(sql, compared)
}

fn value<DB: Backend>(
    sql: &mut Writer<DB>,
    compared: &Compared<'_, DB>,
) -> Result<(), BoxDynError> {
    let statement = &mut sql.statement;
    match &compared.value {
        Term::Raw(value) => DB::bind_raw(statement, value),
        Term::Value(value) => value.bind(statement),
    }
}

const fn operator(side: Operator, inclusive: bool) -> Operator {
    match (side, inclusive) {
        (Operator::Greater, true) => Operator::GreaterOrEqual,
        (Operator::Less, true) => Operator::LessOrEqual,
        (strict, _) => strict,
    }
}
