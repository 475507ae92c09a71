//! The databases to read from.

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

    /// Returns the name to show.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
            Self::MySql => "MySQL/MariaDB",
        }
    }

    /// Returns the name on the command line.
    pub(crate) fn argument(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
        }
    }

    /// Returns the variable that holds the server's URL.
    fn variable(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("POSTGRES_URL"),
            Self::MySql => Some("MYSQL_URL"),
        }
    }

    /// Returns the server's URL, or the variable that should have held it.
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
    /// In the form that sqlx takes.
    pub(crate) url: String,
}

/// Returns the file of a `sqlite:` URL, for libraries that want a path.
pub(crate) fn path(url: &str) -> &str {
    url.strip_prefix("sqlite://").unwrap_or(url)
}
