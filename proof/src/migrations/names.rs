//! Names, by the rules of each database.

use sqlparser::ast::{Ident, ObjectName};

use crate::{Dialect, TableName};

/// PostgreSQL cuts longer names off (`NAMEDATALEN`).
pub(super) const LONGEST: usize = 63;

/// Returns the name that an identifier stands for.
pub(super) fn identifier(dialect: Dialect, ident: &Ident) -> String {
    if dialect != Dialect::Postgres {
        return ident.value.clone();
    }
    // Other letters than these are not folded where the encoding is UTF-8.
    let name = match ident.quote_style {
        None => ident.value.to_ascii_lowercase(),
        Some(_) => ident.value.clone(),
    };
    clipped(&name, LONGEST).to_owned()
}

/// Returns the name of a table, or of something else that is in a schema. `public` and `main` are where
/// names without a schema are; no name stands for a temporary table.
pub(super) fn path(dialect: Dialect, name: &ObjectName) -> Option<TableName> {
    let parts: Option<Vec<_>> =
        name.0.iter().map(|part| part.as_ident().map(|ident| identifier(dialect, ident))).collect();
    match parts?.as_slice() {
        [name] => Some(TableName { schema: None, name: name.clone() }),
        [schema, name] => in_schema(dialect, Some(schema), name),
        _ => None,
    }
}

/// Returns the name of a table with the schema that is said.
pub(super) fn in_schema(dialect: Dialect, schema: Option<&str>, name: &str) -> Option<TableName> {
    let schema = match (dialect, schema) {
        (Dialect::Postgres, Some("public")) => None,
        (Dialect::Postgres, Some(schema)) if schema.starts_with("pg_") => return None,
        (Dialect::Sqlite, Some(schema)) if schema.eq_ignore_ascii_case("main") => None,
        (Dialect::Sqlite, Some(schema)) if schema.eq_ignore_ascii_case("temp") => return None,
        (_, schema) => schema.map(str::to_owned),
    };
    Some(TableName { schema, name: name.to_owned() })
}

/// Returns whether two names refer to the same table or index. On MySQL, names that differ only in case do,
/// although some servers tell them apart.
pub(super) fn is_same(dialect: Dialect, one: &str, other: &str) -> bool {
    dialect.is_same_column(one, other)
}

/// Returns the name that PostgreSQL makes for an index or a constraint out of that of the table, of its
/// columns, and a word (`makeObjectName` in its source).
pub(super) fn made(table: &str, columns: &str, word: &str) -> String {
    let room = LONGEST - word.len() - 1 - usize::from(!columns.is_empty());
    let (mut first, mut second) = (table.len(), columns.len());
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let (table, columns) = (clipped(table, first), clipped(columns, second));
    if columns.is_empty() { format!("{table}_{word}") } else { format!("{table}_{columns}_{word}") }
}

fn clipped(name: &str, longest: usize) -> &str {
    let mut end = longest.min(name.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}
