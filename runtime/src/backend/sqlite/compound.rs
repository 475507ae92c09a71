//! Views made of several queries: each part compares by the affinity of its own column, while the
//! whole is sorted by storage class.
//!
//! A number, or a text that looks like one, is converted when it is compared with a column of the
//! other affinity (<https://sqlite.org/datatype3.html#type_conversions_prior_to_comparison>). In a
//! table this changes nothing, because the value was converted in the same way when it was stored.
//! In a view, a position from one part is compared in the other parts. A unary `+` before the
//! column removes its affinity, but also the use of its index, so it is written only if necessary.

use super::value::Value;
use crate::backend::{column::TableColumn, value::RawValue};

/// Selects the declared type of a view's column if a view of its database combines several queries,
/// else NULL. Versions before 3.41 know only the first query's type, so they select `''`.
pub(super) fn companion(column: &TableColumn<'_>) -> String {
    let &TableColumn { schema, table, name, source, .. } = column;
    if source.is_some_and(is_compound) {
        return "''".to_owned();
    }
    let of_schema = schema.map(|schema| format!(", {}", text(schema))).unwrap_or_default();
    let declared = format!(
        "CASE WHEN CAST(substr(sqlite_version(), 3) AS REAL) BETWEEN 41 AND 999 THEN (SELECT type \
         FROM pragma_table_xinfo({}{of_schema}) WHERE name = {} COLLATE NOCASE) ELSE '' END",
        text(table),
        text(name),
    );
    let schemas: &[&str] = match schema {
        Some(schema) => &[schema],
        None => &["main", "temp"],
    };
    let views = schemas
        .iter()
        .map(|schema| {
            let schema = schema.replace('"', "\"\"");
            format!(
                "(SELECT count(*) FROM \"{schema}\".sqlite_master WHERE type = 'view' AND \
                 (instr(upper(sql), 'UNION') OR instr(upper(sql), 'VALUES') OR \
                 instr(upper(sql), 'INTERSECT') OR instr(upper(sql), 'EXCEPT')))"
            )
        })
        .collect::<Vec<_>>()
        .join(" + ");
    match source {
        // Which of the joined tables a column belongs to is not known here.
        Some(source) => format!(
            "(SELECT '' FROM pragma_table_list WHERE type = 'view' AND \
             instr(lower({}), lower(name)) AND \
             ({views} OR schema NOT IN ('main', 'temp')) LIMIT 1)",
            text(source),
        ),
        // Only the schemas that every connection has are searched. A view in another schema, or a
        // temporary view that may read from one, may be anything.
        None => format!(
            "(SELECT {declared} FROM pragma_table_list({}) \
             WHERE type = 'view' AND ({views}{}) LIMIT 1)",
            text(table),
            if schema.is_some() {
                ""
            } else {
                " OR schema NOT IN ('main', 'temp') OR schema = 'temp' AND \
                 (SELECT count(*) FROM pragma_database_list WHERE name NOT IN ('main', 'temp'))"
            },
        ),
    }
}

/// Returns whether SQL has rows of several queries in it.
fn is_compound(source: &str) -> bool {
    let source = source.to_ascii_uppercase();
    ["UNION", "VALUES", "INTERSECT", "EXCEPT"].iter().any(|word| source.contains(word))
}

/// Wraps a value. In a view of several queries, it is bare unless its declared type keeps it.
pub(super) fn mark(value: Value, declared: Option<&str>) -> RawValue {
    let Some(declared) = declared else { return RawValue::Sqlite(value) };
    // (https://sqlite.org/datatype3.html#determination_of_column_affinity)
    let declared = declared.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    let keeps = match &value {
        Value::Integer(_) | Value::Real(_) => has(&["INT", "REAL", "FLOA", "DOUB", "NUM"]),
        Value::Text(text) => !looks_like_a_number(text) || has(&["CHAR", "CLOB", "TEXT"]),
        Value::Blob(_) => true,
    };
    if keeps { RawValue::Sqlite(value) } else { RawValue::SqliteBare(value) }
}

/// Returns whether SQLite may take a text for a number. False positives do no harm.
fn looks_like_a_number(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}');
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
