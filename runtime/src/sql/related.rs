//! The statement for related rows: those whose columns have values of a list.

use sqlx::error::BoxDynError;

use super::{Conditions, Writer, sort, write_filters};
use crate::{
    backend::{Backend, Lists, Statement},
    model::Model,
    order::Sort,
    plan::Filter,
    raw::RawValue,
};

/// What a statement for related rows asks for.
pub(crate) struct List<'a> {
    /// The columns that are compared.
    pub(crate) columns: &'a [usize],
    /// Their values, key by key; at least one, and never NULL.
    pub(crate) keys: &'a [&'a [RawValue]],
    /// Whether each row is to say by which key it was found, even if that takes longer.
    pub(crate) numbered: bool,
}

/// How many values a statement has in its list at most. SQLite takes 32,766 in all by default
/// (<https://sqlite.org/limits.html>), PostgreSQL and MySQL 65,535; the rest is for filters.
const MOST_VALUES: usize = 16_384;

/// How many keys a row is compared with one by one to say which of them it was found by.
const MOST_COMPARED: usize = 256;

/// The name of the table that the keys are joined as, and that of a row's number in it.
const KEYS: &str = "sqlx_chunked_keys";
const NUMBER: &str = "sqlx_chunked_number";

impl List<'_> {
    /// How many of so many keys one statement can ask for.
    pub(crate) fn most_keys<DB: Backend>(&self) -> usize {
        if self.is_array::<DB>() {
            return usize::MAX;
        }
        let most = MOST_VALUES / self.columns.len().next_power_of_two();
        if self.is_compared::<DB>() { most.min(MOST_COMPARED) } else { most }
    }

    /// Whether each row says by which key it was found.
    pub(crate) fn is_numbered<DB: Backend>(&self) -> bool {
        DB::DIALECT.lists == Lists::Joined || self.numbered
    }

    fn is_compared<DB: Backend>(&self) -> bool {
        self.numbered && DB::DIALECT.lists != Lists::Joined
    }

    /// Whether each column's values are one parameter.
    fn is_array<DB: Backend>(&self) -> bool {
        self.keys.iter().all(|key| key.iter().all(DB::fits_array))
    }

    /// The keys, and the last one again until there are so many that few texts are sent.
    fn padded(&self) -> impl Iterator<Item = &[RawValue]> {
        let count = self.keys.len().next_power_of_two();
        self.keys.iter().chain(self.keys.last().into_iter().cycle()).take(count).copied()
    }
}

/// The statement that reads the rows of a list.
///
/// ```sql
/// SELECT "t"."id", "keys"."column2" FROM (VALUES (?, 1), (?, 2)) AS "keys" CROSS JOIN "t"
///  WHERE ("keys"."column2" <= ?) AND ("t"."id" = "keys"."column1");        -- SQLite
/// SELECT "t"."id", "keys"."column2" FROM unnest($1) WITH ORDINALITY AS "keys" (…) CROSS JOIN "t"
///  WHERE ("t"."id" = "keys"."column1");                                    -- PostgreSQL
/// SELECT `t`.`id` FROM `t` WHERE (`t`.`id` IN (?, ?));                     -- MySQL
/// ```
pub(crate) fn related<DB: Backend>(
    model: &'static Model,
    list: &List<'_>,
    filters: &mut [Filter<DB>],
    order: &[Sort],
) -> Result<Statement<DB>, BoxDynError> {
    let mut sql = Writer::<DB>::new(model);
    sql.push("SELECT ");
    sql.selection();
    let mut conditions = Conditions::default();
    match DB::DIALECT.lists {
        Lists::Joined => joined(&mut sql, &mut conditions, list)?,
        Lists::In(most) => within(&mut sql, &mut conditions, list, most)?,
    }
    write_filters(&mut sql, &mut conditions, filters, |_| false)?;
    sort(&mut sql, order, Writer::column)?;
    Ok(sql.statement)
}

fn joined<DB: Backend>(
    sql: &mut Writer<DB>,
    conditions: &mut Conditions,
    list: &List<'_>,
) -> Result<(), BoxDynError> {
    let number = list.columns.len() + 1;
    sql.push(", ");
    key_column(sql, number);
    sql.push(" AS ");
    sql.name(NUMBER);
    sql.push(" FROM ");
    let is_array = list.is_array::<DB>();
    if is_array {
        array(sql, list)?;
    } else {
        values(sql, list)?;
    }
    sql.push(" CROSS JOIN ");
    sql.table();
    if !is_array {
        conditions.next(sql);
        key_column(sql, number);
        sql.push(" <= ");
        sql.limit(list.keys.len() as u64)?;
        sql.push(")");
    }
    conditions.next(sql);
    sql.separated(" AND ", list.columns.iter().enumerate(), |sql, (index, &column)| {
        sql.column(column);
        sql.push(" = ");
        key_column(sql, index + 1);
        Ok(())
    })?;
    sql.push(")");
    Ok(())
}

/// The keys as a table of arrays, one for each column.
fn array<DB: Backend>(sql: &mut Writer<DB>, list: &List<'_>) -> Result<(), BoxDynError> {
    let columns = list.columns.len();
    sql.push("unnest(");
    sql.separated(", ", 0..columns, |sql, column| {
        DB::bind_array(&mut sql.statement, list.keys.iter().map(|key| &key[column]))
    })?;
    sql.push(") WITH ORDINALITY AS ");
    sql.name(KEYS);
    sql.push(" (");
    sql.separated(", ", 1..=columns + 1, |sql, column| {
        sql.name(&format!("column{column}"));
        Ok(())
    })?;
    sql.push(")");
    Ok(())
}

/// The keys as a table of values, and a number behind each.
fn values<DB: Backend>(sql: &mut Writer<DB>, list: &List<'_>) -> Result<(), BoxDynError> {
    sql.push("(VALUES ");
    sql.separated(", ", (1..).zip(list.padded()), |sql, (number, key)| {
        sql.push("(");
        bind_all(sql, key)?;
        // All numbers have the type of the first.
        sql.push(&if number == 1 {
            ", CAST(1 AS BIGINT))".to_owned()
        } else {
            format!(", {number})")
        });
        Ok(())
    })?;
    sql.push(") AS ");
    sql.name(KEYS);
    Ok(())
}

/// A column of the joined keys, by its number; both SQLite and PostgreSQL name them so.
fn key_column<DB: Backend>(sql: &mut Writer<DB>, number: usize) {
    sql.name(KEYS);
    sql.push(".");
    sql.name(&format!("column{number}"));
}

fn within<DB: Backend>(
    sql: &mut Writer<DB>,
    conditions: &mut Conditions,
    list: &List<'_>,
    most_values: usize,
) -> Result<(), BoxDynError> {
    if list.numbered {
        sql.push(", CASE");
        for (number, key) in (1..).zip(list.padded()) {
            sql.push(" WHEN ");
            sql.separated(" AND ", list.columns.iter().zip(key), |sql, (&column, value)| {
                sql.column(column);
                sql.push(" = ");
                DB::bind_raw(&mut sql.statement, value)
            })?;
            sql.push(&format!(" THEN {number}"));
        }
        sql.push(" END AS ");
        sql.name(NUMBER);
    }
    sql.push(" FROM ");
    sql.table();
    conditions.next(sql);
    let keys: Vec<_> = list.padded().collect();
    let is_tuple = list.columns.len() > 1;
    let lists = keys.chunks(most_values / list.columns.len());
    sql.separated(" OR ", lists, |sql, keys| {
        if is_tuple {
            sql.push("(");
        }
        sql.separated(", ", list.columns, |sql, &column| {
            sql.column(column);
            Ok(())
        })?;
        sql.push(if is_tuple { ") IN (" } else { " IN (" });
        sql.separated(", ", keys, |sql, key| {
            if is_tuple {
                sql.push("(");
            }
            bind_all(sql, key)?;
            if is_tuple {
                sql.push(")");
            }
            Ok(())
        })?;
        sql.push(")");
        Ok(())
    })?;
    sql.push(")");
    Ok(())
}

fn bind_all<DB: Backend>(sql: &mut Writer<DB>, key: &[RawValue]) -> Result<(), BoxDynError> {
    sql.separated(", ", key, |sql, value| DB::bind_raw(&mut sql.statement, value))
}
