//! Columns that are declared NOT NULL. Before version 17, PostgreSQL searches them for NULLs all the
//! same, and without an index reads the whole table.

use sqlx_chunked_proof::Dialect;

use super::text::literal;
use crate::backend::column::TableColumn;

/// Returns the condition that a column may hold NULLs, as the catalog has it: the server looks that
/// up first, and reads the table only if it is true.
///
/// A declaration is believed only if the server itself upholds it: not on a foreign table, not on a
/// table whose children may have dropped it, and not from version 17 on, which leaves out the search
/// by itself, and from 18 on has declarations that hold for new rows only.
pub(super) fn may_have_nulls(column: &TableColumn<'_>) -> Option<String> {
    let &TableColumn { name, schema, table, source, outer, .. } = column;
    if source.is_some() || outer {
        return None;
    }
    Some(format!(
        "NOT EXISTS (SELECT 1 FROM pg_catalog.pg_attribute \
         JOIN pg_catalog.pg_class ON pg_class.oid = attrelid \
         WHERE attrelid = {}::pg_catalog.regclass AND attname = {} AND attnotnull \
         AND (relkind = 'p' OR relkind = 'r' AND NOT relhassubclass) \
         AND current_setting('server_version_num')::int < 170000)",
        literal(&Dialect::Postgres.quoted_path(schema, table)),
        literal(name),
    ))
}
