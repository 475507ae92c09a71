//! diesel, which has no pool unless one is added, and does not wait asynchronously; nothing else
//! has to run here in the meantime.

use diesel::{Connection, PgConnection, SqliteConnection, prelude::*};

use super::Contender;
use crate::{
    BATCH, Error, database,
    entry::{Entry, Text, Time, Totals},
};

pub(super) struct OnSqlite(SqliteConnection);

pub(super) struct OnPostgres(PgConnection);

/// The loop, for each database's types.
macro_rules! keyset {
    ($connection:expr, $created:ty, $sql_type:ident) => {{
        diesel::table! {
            chunked_bench_entries (id) {
                id -> BigInt,
                author_id -> BigInt,
                created -> $sql_type,
                headline -> Text,
                score -> Double,
                editor_id -> Nullable<BigInt>,
            }
        }
        use chunked_bench_entries::dsl;

        let mut totals = Totals::default();
        let mut last = 0_i64;
        loop {
            let batch: Vec<Entry<$created>> = dsl::chunked_bench_entries
                .filter(dsl::id.gt(last))
                .order(dsl::id)
                .limit(i64::try_from(BATCH)?)
                .load($connection)?;
            totals.extend(&batch);
            match batch.last() {
                Some(entry) if batch.len() == BATCH => last = entry.id,
                _ => return Ok(totals),
            }
        }
    }};
}

impl Contender for OnSqlite {
    async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self(SqliteConnection::establish(database::path(url))?))
    }

    async fn read(&mut self) -> Result<Totals, Error> {
        keyset!(&mut self.0, Text, Text)
    }
}

impl Contender for OnPostgres {
    /// No other contender is compiled with TLS, which libpq would choose by itself.
    async fn open(url: &str) -> Result<Self, Error> {
        let sign = if url.contains('?') { '&' } else { '?' };
        Ok(Self(PgConnection::establish(&format!("{url}{sign}sslmode=disable"))?))
    }

    async fn read(&mut self) -> Result<Totals, Error> {
        keyset!(&mut self.0, Time, Timestamptz)
    }
}
