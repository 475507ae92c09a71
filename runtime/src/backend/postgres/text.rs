//! Texts in statements on PostgreSQL.

/// Writes a text as a literal that means the same whatever `standard_conforming_strings` is.
pub(super) fn literal(text: &str) -> String {
    let prefix = if text.contains('\\') { "E" } else { "" };
    format!("{prefix}'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}
