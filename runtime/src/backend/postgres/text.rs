//! Names and texts in statements on PostgreSQL.

use sqlx::Postgres;

use crate::backend::dialect::Speaks as _;

/// Quotes the name of a table, with its schema.
pub(super) fn quoted_path(schema: Option<&str>, table: &str) -> String {
    let mut path = String::new();
    if let Some(schema) = schema {
        Postgres::DIALECT.push_name(&mut path, schema);
        path.push('.');
    }
    Postgres::DIALECT.push_name(&mut path, table);
    path
}

/// Writes a text as a literal that means the same whatever `standard_conforming_strings` is.
pub(super) fn literal(text: &str) -> String {
    let prefix = if text.contains('\\') { "E" } else { "" };
    format!("{prefix}'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}
