//! The statement for related rows: those whose columns match a key of a list.

use sqlx::error::BoxDynError;

use super::{
    clauses::{Conditions, sort, write_filters},
    writer::Writer,
};
use crate::{
    backend::{Backend, dialect::Lists, statement::Statement, value::RawValue},
    expr::{filter::Filter, order::Sort},
    model::table::Table,
    position::key::Key,
};

/// The arguments of a statement for related rows.
pub(crate) struct List<'a> {
    /// The columns that are compared.
    pub(crate) columns: &'a [usize],
    /// Their values, key by key; at least one, and never NULL.
    pub(crate) keys: &'a [&'a [RawValue]],
    /// The key that the values belong to, if they must be compared as its columns are.
    pub(crate) referenced: Option<&'a Key>,
    /// True if each row must say which key it was found by, even if that takes longer.
    pub(crate) numbered: bool,
    /// The columns that are selected with their companions.
    pub(crate) companions: &'a [usize],
}

/// The maximum number of values in the list of a statement. SQLite takes 32,766 in all by default
/// (<https://sqlite.org/limits.html>), PostgreSQL and MySQL 65,535; the rest is for filters.
const MOST_VALUES: usize = 16_384;

/// The maximum number of keys that a row is compared with, one by one, to say which of them it was
/// found by.
const MOST_COMPARED: usize = 256;

/// The name of the table that the keys are joined as, the name of its column of numbers, and the
/// prefix of the names of its key columns. No name of the user's should clash with them.
const KEYS: &str = "sqlx_chunked_keys";
const NUMBER: &str = "sqlx_chunked_number";
const KEY: &str = "sqlx_chunked_key";

impl List<'_> {
    /// Returns the maximum number of keys that one statement can ask for.
    pub(crate) fn most_keys<DB: Backend>(&self) -> usize {
        if self.is_array::<DB>() {
            return usize::MAX;
        }
        let most = MOST_VALUES / self.columns.len().next_power_of_two();
        if self.is_compared::<DB>() { most.min(MOST_COMPARED) } else { most }
    }

    /// Returns whether each row says which key it was found by.
    pub(crate) fn is_numbered<DB: Backend>(&self) -> bool {
        DB::DIALECT.lists == Lists::Joined || self.numbered
    }

    fn is_compared<DB: Backend>(&self) -> bool {
        self.numbered && DB::DIALECT.lists != Lists::Joined
    }

    /// Returns whether the values of each column are one parameter.
    fn is_array<DB: Backend>(&self) -> bool {
        self.keys.iter().all(|key| key.iter().all(DB::fits_array))
    }

    /// Returns the keys, with the last one repeated up to the next power of two, so that few
    /// different texts are sent.
    fn padded(&self) -> impl Iterator<Item = &[RawValue]> {
        let count = self.keys.len().next_power_of_two();
        self.keys.iter().chain(self.keys.last().into_iter().cycle()).take(count).copied()
    }
}

/// Builds the statement that reads the rows of a list.
///
/// ```sql
/// SELECT "t"."id", "keys"."number" FROM (SELECT "column1" AS "key_1", "column2" AS "number"
///   FROM (VALUES (?, 1), (?, 2)) AS "keys") AS "keys" CROSS JOIN "t"
///  WHERE ("keys"."number" <= ?) AND ("t"."id" = "keys"."key_1");                     -- SQLite
/// SELECT "t"."id", "keys"."number" FROM unnest($1) WITH ORDINALITY AS "keys" ("key_1", "number")
///   CROSS JOIN "t" WHERE ("t"."id" = "keys"."key_1");                           -- PostgreSQL
/// SELECT `t`.`id` FROM `t` WHERE (`t`.`id` IN (?, ?));                               -- MySQL
/// ```
pub(crate) fn related<DB: Backend>(
    table: &Table,
    list: &List<'_>,
    filters: &mut [Filter<DB>],
    order: &[Sort],
) -> Result<Statement<DB>, BoxDynError> {
    let mut sql = Writer::<DB>::new(table);
    sql.select(order);
    sql.selection();
    sql.companions(list.companions);
    if list.is_numbered::<DB>() {
        sql.push(", ");
        of_keys(&mut sql, NUMBER);
        sql.push(" AS ");
        sql.name(NUMBER);
    }
    sql.push(" FROM ");
    let mut conditions = Conditions::default();
    match DB::DIALECT.lists {
        Lists::Joined => joined(&mut sql, &mut conditions, list)?,
        Lists::In(most) => within(&mut sql, &mut conditions, list, most)?,
    }
    write_filters(&mut sql, &mut conditions, filters, |_| false, &[])?;
    sort(&mut sql, order, Writer::column)?;
    Ok(sql.statement)
}

fn joined<DB: Backend>(
    sql: &mut Writer<DB>,
    conditions: &mut Conditions,
    list: &List<'_>,
) -> Result<(), BoxDynError> {
    let is_array = list.is_array::<DB>();
    if let Some(key) = list.referenced {
        sql.push("(");
        none_of(sql, key);
        sql.push(" UNION ALL SELECT * FROM ");
    }
    if is_array {
        array(sql, list)?;
    } else {
        values(sql, list)?;
    }
    if list.referenced.is_some() {
        sql.push(") AS ");
        sql.name(KEYS);
    }
    sql.push(" CROSS JOIN ");
    sql.table();
    if !is_array {
        not_filled_up(sql, conditions, list)?;
    }
    conditions.next(sql);
    sql.separated(" AND ", list.columns.iter().enumerate(), |sql, (index, &column)| {
        // SQLite compares by the collation of the left side.
        if list.referenced.is_some() {
            of_keys(sql, &key_column(index));
            sql.push(" = ");
            sql.column(column);
        } else {
            sql.column(column);
            sql.push(" = ");
            of_keys(sql, &key_column(index));
        }
        Ok(())
    })?;
    sql.push(")");
    Ok(())
}

/// Selects the columns that the keys belong to, but no rows: the rows of the UNION get their
/// collations from these columns.
fn none_of<DB: Backend>(sql: &mut Writer<DB>, key: &Key) {
    sql.push("SELECT ");
    for (index, sort) in key.order.iter().enumerate() {
        sql.name(key.model().table);
        sql.push(".");
        sql.name(key.model().columns[sort.column].column);
        sql.push(" AS ");
        sql.name(&key_column(index));
        sql.push(", ");
    }
    sql.push("CAST(0 AS BIGINT) AS ");
    sql.name(NUMBER);
    sql.push(" FROM ");
    sql.table_alone(&key.table);
    sql.push(" WHERE 1 = 0");
}

/// Writes the keys as a table of arrays, one for each column.
fn array<DB: Backend>(sql: &mut Writer<DB>, list: &List<'_>) -> Result<(), BoxDynError> {
    let columns = list.columns.len();
    sql.push("unnest(");
    sql.separated(", ", 0..columns, |sql, column| {
        DB::bind_array(&mut sql.statement, list.keys.iter().map(|key| &key[column]))
    })?;
    sql.push(") WITH ORDINALITY AS ");
    sql.name(KEYS);
    sql.push(" (");
    for column in 0..columns {
        sql.name(&key_column(column));
        sql.push(", ");
    }
    sql.name(NUMBER);
    sql.push(")");
    Ok(())
}

/// Writes the keys as a table of values, each followed by its number. SQLite allows no other way to
/// name the columns.
fn values<DB: Backend>(sql: &mut Writer<DB>, list: &List<'_>) -> Result<(), BoxDynError> {
    let columns = list.columns.len();
    sql.push("(SELECT ");
    for column in 0..columns {
        sql.name(&format!("column{}", column + 1));
        sql.push(" AS ");
        sql.name(&key_column(column));
        sql.push(", ");
    }
    sql.name(&format!("column{}", columns + 1));
    sql.push(" AS ");
    sql.name(NUMBER);
    sql.push(" FROM (VALUES ");
    sql.separated(", ", (1..).zip(list.padded()), |sql, (number, key)| {
        sql.push("(");
        bind_all(sql, key)?;
        // All numbers have the type of the first.
        if number == 1 {
            sql.push(", CAST(1 AS BIGINT))");
        } else {
            sql.push(", ");
            sql.number(number);
            sql.push(")");
        }
        Ok(())
    })?;
    sql.push(") AS ");
    sql.name(KEYS);
    sql.push(") AS ");
    sql.name(KEYS);
    Ok(())
}

fn within<DB: Backend>(
    sql: &mut Writer<DB>,
    conditions: &mut Conditions,
    list: &List<'_>,
    most_values: usize,
) -> Result<(), BoxDynError> {
    sql.table();
    if list.numbered {
        numbers(sql, list);
        not_filled_up(sql, conditions, list)?;
    }
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
    if list.numbered {
        conditions.next(sql);
        is_numbered(sql, list)?;
        sql.push(")");
    }
    Ok(())
}

/// Joins the numbers of the keys after the table, so that its rows are found by the keys first.
fn numbers<DB: Backend>(sql: &mut Writer<DB>, list: &List<'_>) {
    sql.push(" STRAIGHT_JOIN (SELECT 1 AS ");
    sql.name(NUMBER);
    for number in 2..=list.padded().count() {
        sql.push(" UNION ALL SELECT ");
        sql.number(number);
    }
    sql.push(") AS ");
    sql.name(KEYS);
}

/// Writes the condition that a row has the key of the number next to it.
fn is_numbered<DB: Backend>(sql: &mut Writer<DB>, list: &List<'_>) -> Result<(), BoxDynError> {
    sql.push("ELT(");
    of_keys(sql, NUMBER);
    for key in list.padded() {
        sql.push(", ");
        sql.separated(" AND ", list.columns.iter().zip(key), |sql, (&column, value)| {
            sql.column(column);
            sql.push(" = ");
            DB::bind_raw(&mut sql.statement, value)
        })?;
    }
    sql.push(") = 1");
    Ok(())
}

/// Leaves out the keys that the list was only padded with.
fn not_filled_up<DB: Backend>(
    sql: &mut Writer<DB>,
    conditions: &mut Conditions,
    list: &List<'_>,
) -> Result<(), BoxDynError> {
    conditions.next(sql);
    of_keys(sql, NUMBER);
    sql.push(" <= ");
    sql.limit(list.keys.len() as u64)?;
    sql.push(")");
    Ok(())
}

fn of_keys<DB: Backend>(sql: &mut Writer<DB>, column: &str) {
    sql.name(KEYS);
    sql.push(".");
    sql.name(column);
}

fn key_column(index: usize) -> String {
    format!("{KEY}_{}", index + 1)
}

fn bind_all<DB: Backend>(sql: &mut Writer<DB>, key: &[RawValue]) -> Result<(), BoxDynError> {
    sql.separated(", ", key, |sql, value| DB::bind_raw(&mut sql.statement, value))
}
