//! The statement that reads one batch and locks its rows.
//!
//! A statement that sorts, limits and locks at once can leave its order: PostgreSQL sorts the rows as
//! they were when it began, waits for whoever has locked one of them, and then returns that row as it
//! has become, with another key. A position taken from it would pass over the rows in between. And
//! MariaDB locks all rows that it looks at on its way. So the keys of the batch are read first, without
//! locks, and each row is locked by its key: a row that has another key by then, or does not meet the
//! filters any more, drops out.

use sqlx::error::BoxDynError;

use super::{
    batch::{Ask, write_batch},
    clauses::{Conditions, sort_by_names, write_filters},
    writer::Writer,
};
use crate::{
    backend::{
        Backend,
        companion::is_number,
        dialect::Locks,
        lock::{Lock, Strength, Wait},
        statement::Statement,
    },
    expr::filter::Filter,
    position::key::Key,
};

/// Names of a statement's parts; no name of the user's should clash with them.
mod name {
    /// The keys of the batch.
    pub(super) const KEYS: &str = "sqlx_chunked_keys";
    /// The keys, before they are numbered.
    pub(super) const FOUND: &str = "sqlx_chunked_found";
    /// The number of a key in the order.
    pub(super) const NUMBER: &str = "sqlx_chunked_number";
    /// The row that was locked.
    pub(super) const LOCKED: &str = "sqlx_chunked_locked";
    /// NULL if there is no row to lock.
    pub(super) const IS_LOCKED: &str = "sqlx_chunked_is_locked";
}

/// The arguments of a statement that locks, in addition to those of one that does not.
#[derive(Clone, Copy)]
pub(crate) struct AskLocked<'a> {
    /// The keys to read: those of the rows, and one more, whose row is not locked.
    pub(crate) keys: Ask<'a>,
    pub(crate) lock: Lock,
    /// The number of rows to lock.
    pub(crate) rows: u64,
    /// The columns that are selected from the rows with their companions.
    pub(crate) companions: &'a [usize],
    /// True if the rows of the model's own table are locked, but not read.
    pub(crate) keys_alone: bool,
}

/// Builds the statement that reads one batch and locks its rows. The columns of the model come first,
/// then companions, whether there is a row, its number, and the columns of the key.
///
/// ```sql
/// SELECT "locked".*, "keys".* FROM (
///   SELECT row_number() OVER (ORDER BY "key_0" ASC) AS "number", "found".* FROM (
///     SELECT "t"."id" AS "key_0" FROM "t" WHERE ("t"."id" > $1) ORDER BY "t"."id" ASC LIMIT $2
///   ) AS "found"
/// ) AS "keys" LEFT JOIN LATERAL (
///   SELECT "t"."id", "t"."name", TRUE AS "is_locked" FROM "t"
///   WHERE ("t"."id" = "keys"."key_0" AND "keys"."number" <= $3) AND … FOR UPDATE OF "t"
/// ) AS "locked" ON TRUE ORDER BY "keys"."number";
///
/// -- MySQL, where a subquery can lock nothing
/// SELECT `t`.`id`, `t`.`name`, CASE WHEN COALESCE(`t`.`id`) IS NOT NULL THEN 1 END AS `is_locked`, `keys`.*
/// FROM (…) AS `keys` LEFT JOIN (`t`)
///   ON (`t`.`id` = `keys`.`key_0` AND `keys`.`number` <= ?) AND …
/// ORDER BY `keys`.`number` FOR UPDATE
/// ```
pub(crate) fn locked_batch<DB: Backend>(
    key: &Key,
    filters: &mut [Filter<DB>],
    ask: AskLocked<'_>,
) -> Result<Statement<DB>, BoxDynError> {
    let locks = DB::DIALECT.locks.ok_or("the database does not lock rows")?;
    let mut sql = Writer::<DB>::new(&key.table);
    sql.select(&key.order);
    if locks.in_subqueries {
        sql.name(name::LOCKED);
        sql.push(".*");
    } else {
        sql.selection();
        sql.companions(ask.companions);
        sql.push(", CASE WHEN COALESCE(");
        sql.column(never_null(key));
        sql.push(") IS NOT NULL THEN 1 END AS ");
        sql.name(name::IS_LOCKED);
    }
    sql.push(", ");
    sql.name(name::KEYS);
    sql.push(".* FROM (");
    numbered_keys(&mut sql, key, filters, ask.keys)?;
    sql.push(") AS ");
    sql.name(name::KEYS);
    sql.push(" LEFT JOIN ");
    if locks.in_subqueries {
        sql.push("LATERAL (SELECT ");
        if !ask.keys_alone {
            sql.selection();
            sql.companions(ask.companions);
            sql.push(", ");
        }
        sql.push("TRUE AS ");
        sql.name(name::IS_LOCKED);
        sql.push(" FROM ");
        if ask.keys_alone {
            sql.table_alone(&key.table);
        } else {
            sql.table();
        }
        sql.push(" WHERE (");
        row_of_key(&mut sql, key, ask, locks)?;
        if !ask.keys_alone {
            filter_again(&mut sql, filters)?;
        }
        clause(&mut sql, ask.lock, locks);
        sql.push(") AS ");
        sql.name(name::LOCKED);
        sql.push(" ON TRUE");
    } else {
        sql.push("(");
        sql.table();
        sql.push(") ON (");
        row_of_key(&mut sql, key, ask, locks)?;
        filter_again(&mut sql, filters)?;
    }
    sql.push(" ORDER BY ");
    number(&mut sql);
    if !locks.in_subqueries {
        clause(&mut sql, ask.lock, locks);
    }
    Ok(sql.statement)
}

fn numbered_keys<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &Key,
    filters: &mut [Filter<DB>],
    keys: Ask<'_>,
) -> Result<(), BoxDynError> {
    sql.push("SELECT row_number() OVER (");
    sort_by_names(sql, key)?;
    sql.push(") AS ");
    sql.name(name::NUMBER);
    sql.push(", ");
    sql.name(name::FOUND);
    sql.push(".* FROM (");
    write_batch(sql, key, filters, keys)?;
    sql.push(") AS ");
    sql.name(name::FOUND);
    Ok(())
}

/// Writes the condition for the row of a key, whose parenthesis is open. Columns of a join say nothing
/// about a table alone.
fn row_of_key<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &Key,
    AskLocked { rows, keys_alone, .. }: AskLocked<'_>,
    locks: Locks,
) -> Result<(), BoxDynError> {
    for (part, sort) in key.order.iter().enumerate() {
        if keys_alone && key.model().columns[sort.column].joined {
            continue;
        }
        sql.column(sort.column);
        sql.push(if key.is_nullable(sort) { locks.same } else { " = " });
        sql.name(name::KEYS);
        sql.push(".");
        sql.key_name(part);
        sql.push(" AND ");
    }
    number(sql);
    sql.push(" <= ");
    sql.limit(rows)?;
    sql.push(")");
    Ok(())
}

/// Writes all filters again: of a row that was waited for, PostgreSQL looks at these alone.
fn filter_again<DB: Backend>(
    sql: &mut Writer<DB>,
    filters: &mut [Filter<DB>],
) -> Result<(), BoxDynError> {
    write_filters(sql, &mut Conditions::after_another(), filters, |_| false, &[])
}

fn number<DB: Backend>(sql: &mut Writer<DB>) {
    sql.name(name::KEYS);
    sql.push(".");
    sql.name(name::NUMBER);
}

/// Returns a column of the key that is NULL only if there is no row.
fn never_null(key: &Key) -> usize {
    let columns = || key.parts_without_nulls().map(|part| key.order[part].column);
    let number = columns().find(|column| is_number(key.model().columns[*column].type_id));
    // An order has such a column, or it could tie.
    number.or_else(|| columns().next()).unwrap_or_default()
}

fn clause<DB: Backend>(sql: &mut Writer<DB>, lock: Lock, locks: Locks) {
    sql.push(match lock.strength {
        Strength::Update => " FOR UPDATE",
        Strength::NoKeyUpdate => " FOR NO KEY UPDATE",
        Strength::Share => locks.for_share,
        Strength::KeyShare => " FOR KEY SHARE",
    });
    if locks.in_subqueries {
        // Not those of a join.
        sql.push(" OF ");
        let table = sql.table.model.table;
        sql.name(table);
    }
    sql.push(match lock.wait {
        Wait::Block => "",
        Wait::Skip => " SKIP LOCKED",
        Wait::Fail => " NOWAIT",
    });
}

#[cfg(all(test, any(feature = "postgres", feature = "mysql")))]
mod tests {
    use super::{AskLocked, locked_batch};
    use crate::{
        backend::{
            Backend,
            lock::{Lock, Strength, Wait},
        },
        model::{ColumnName, Model},
        position::key::Key,
        sql::{
            batch::{Ask, Selection},
            nulls::HiddenNulls,
        },
    };

    const MODEL: &Model = &Model {
        columns: &[
            ColumnName::of_integers("id", "id", true, false),
            ColumnName::of_integers("rank", "rank", false, true),
        ],
        ..*Model::ENTRIES
    };

    /// The first two rows.
    fn text<DB: Backend>(model: &'static Model, lock: Lock, keys_alone: bool) -> String {
        let keys = Ask {
            from: None,
            up_to: None,
            places: None,
            inside: false,
            skip: 0,
            rows: 3,
            selection: Selection::NamedKey,
            nulls: HiddenNulls::NONE,
            companions: &[],
        };
        let ask = AskLocked { keys, lock, rows: 2, companions: &[], keys_alone };
        locked_batch::<DB>(&Key::of(model), &mut [], ask).expect("values that can be bound").sql
    }

    #[cfg(feature = "postgres")]
    #[test]
    fn on_postgres() {
        let lock = Lock { strength: Strength::NoKeyUpdate, wait: Wait::Skip };
        assert_eq!(
            text::<sqlx::Postgres>(MODEL, lock, false),
            r#"SELECT "sqlx_chunked_locked".*, "sqlx_chunked_keys".* FROM (SELECT row_number() OVER ( ORDER BY "sqlx_chunked_key_0" ASC) AS "sqlx_chunked_number", "sqlx_chunked_found".* FROM (SELECT "entries"."id" AS "sqlx_chunked_key_0" FROM "entries" ORDER BY "entries"."id" ASC LIMIT $1) AS "sqlx_chunked_found") AS "sqlx_chunked_keys" LEFT JOIN LATERAL (SELECT "entries"."id", "entries"."rank", TRUE AS "sqlx_chunked_is_locked" FROM "entries" WHERE ("entries"."id" = "sqlx_chunked_keys"."sqlx_chunked_key_0" AND "sqlx_chunked_keys"."sqlx_chunked_number" <= $2) FOR NO KEY UPDATE OF "entries" SKIP LOCKED) AS "sqlx_chunked_locked" ON TRUE ORDER BY "sqlx_chunked_keys"."sqlx_chunked_number""#,
        );
    }

    /// The rows of the table alone are locked, and read afterwards.
    #[cfg(feature = "postgres")]
    #[test]
    fn with_a_join_on_postgres() {
        const JOINED: &Model = &Model { join: Some("JOIN authors ON TRUE"), ..*MODEL };
        let text = text::<sqlx::Postgres>(JOINED, Lock::new(Strength::KeyShare), true);
        let (keys, locked) = text.split_once(" LEFT JOIN LATERAL ").expect("two parts");
        assert!(keys.contains(r#"FROM "entries" JOIN authors ON TRUE"#), "{keys}");
        assert!(
            locked.starts_with(r#"(SELECT TRUE AS "sqlx_chunked_is_locked" FROM "entries" WHERE "#),
            "{locked}"
        );
        assert!(locked.contains(r#" FOR KEY SHARE OF "entries") AS "#), "{locked}");
    }

    #[cfg(feature = "mysql")]
    #[test]
    fn on_mysql() {
        let lock = Lock { strength: Strength::Update, wait: Wait::Fail };
        assert_eq!(
            text::<sqlx::MySql>(MODEL, lock, false),
            "SELECT `entries`.`id`, `entries`.`rank`, CASE WHEN COALESCE(`entries`.`id`) IS NOT NULL THEN 1 END AS `sqlx_chunked_is_locked`, `sqlx_chunked_keys`.* FROM (SELECT row_number() OVER ( ORDER BY `sqlx_chunked_key_0` ASC) AS `sqlx_chunked_number`, `sqlx_chunked_found`.* FROM (SELECT `entries`.`id` AS `sqlx_chunked_key_0` FROM `entries` ORDER BY `entries`.`id` ASC LIMIT ?) AS `sqlx_chunked_found`) AS `sqlx_chunked_keys` LEFT JOIN (`entries`) ON (`entries`.`id` = `sqlx_chunked_keys`.`sqlx_chunked_key_0` AND `sqlx_chunked_keys`.`sqlx_chunked_number` <= ?) ORDER BY `sqlx_chunked_keys`.`sqlx_chunked_number` FOR UPDATE NOWAIT",
        );
    }
}
