//! The databases that are read from.

use std::{env, str::FromStr};

use crate::Error;

/// A kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
    MySql,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MySql];

    /// For the reader.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL/MariaDB",
        }
    }

    /// For the command line.
    pub(crate) fn argument(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
        }
    }

    /// The variable that says where the server is.
    fn variable(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("POSTGRES_URL"),
            Self::MySql => Some("MYSQL_URL"),
        }
    }

    /// Where the server is, or which variable would have said so.
    pub(crate) fn server(self) -> Result<Option<String>, &'static str> {
        self.variable().map(|name| env::var(name).map_err(|_| name)).transpose()
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let known = Self::ALL.into_iter().find(|kind| kind.argument() == text);
        known.ok_or_else(|| {
            format!("no database is called `{text}`: sqlite, postgres, mysql").into()
        })
    }
}

/// A database with the table in it.
pub(crate) struct Database {
    pub(crate) kind: Kind,
    /// As sqlx takes it.
    pub(crate) url: String,
}

/// The file of a `sqlite:` URL, for libraries that want a path.
pub(crate) fn path(url: &str) -> &str {
    url.strip_prefix("sqlite://").unwrap_or(url)
}
