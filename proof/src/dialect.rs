//! The differences between databases that rules and DDL have to know.

/// A database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
}

impl Dialect {
    /// Quotes a name.
    pub fn quoted(self, name: &str) -> String {
        let quote = match self {
            Self::Sqlite | Self::Postgres => "\"",
            Self::MySql => "`",
        };
        format!("{quote}{}{quote}", name.replace(quote, &quote.repeat(2)))
    }

    /// Quotes the name of a table, with its schema if there is one.
    pub fn quoted_path(self, schema: Option<&str>, table: &str) -> String {
        let schema = schema.map(|schema| format!("{}.", self.quoted(schema)));
        format!("{}{}", schema.unwrap_or_default(), self.quoted(table))
    }

    /// Returns whether two quoted names are those of one column.
    pub fn is_same_column(self, one: &str, other: &str) -> bool {
        match self {
            Self::Postgres => one == other,
            Self::Sqlite => one.eq_ignore_ascii_case(other),
            Self::MySql => one.to_lowercase() == other.to_lowercase(),
        }
    }
}
