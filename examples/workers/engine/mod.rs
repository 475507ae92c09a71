//! The queues that parts are handed out by.

pub(crate) mod apalis;
pub(crate) mod nats;

use std::{fmt, str::FromStr, time::Duration};

use sqlx_chunked::Part;

use crate::{
    AnyError,
    work::{Flight, Run},
};

/// The time after which a part whose worker is silent is given to another one.
pub(crate) const LEASE: Duration = Duration::from_secs(2);

/// A queue that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    ApalisSqlite,
    ApalisPostgres,
    Nats,
}

impl Engine {
    /// Puts the parts of a run into the queue.
    pub(crate) async fn enqueue(self, run: &Run, parts: &[Part<Flight>]) -> Result<(), AnyError> {
        match self {
            Self::ApalisSqlite => apalis::enqueue_in_sqlite(run, parts).await,
            Self::ApalisPostgres => apalis::enqueue_in_postgres(run, parts).await,
            Self::Nats => nats::enqueue(run, parts).await,
        }
    }

    /// Removes what the queue keeps of a run.
    pub(crate) async fn clean_up(self, run: &Run) -> Result<(), AnyError> {
        match self {
            Self::ApalisSqlite | Self::ApalisPostgres => Ok(()),
            Self::Nats => nats::clean_up(run).await,
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ApalisSqlite => "apalis-sqlite",
            Self::ApalisPostgres => "apalis-postgres",
            Self::Nats => "nats",
        })
    }
}

impl FromStr for Engine {
    type Err = AnyError;

    fn from_str(name: &str) -> Result<Self, AnyError> {
        let engines = [Self::ApalisSqlite, Self::ApalisPostgres, Self::Nats];
        let named = engines.into_iter().find(|engine| engine.to_string() == name);
        named.ok_or_else(|| format!("no engine `{name}`").into())
    }
}
