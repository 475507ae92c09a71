//! tokio-postgres, with a statement prepared once.

use tokio_postgres::{Client, NoTls, Row};

use super::Contender;
use crate::{
    BATCH, Error,
    entry::{Entry, Time, Totals},
};

pub(super) struct Keyset(Client);

impl Contender for Keyset {
    async fn open(url: &str) -> Result<Self, Error> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        // Ends with the client. An error in it also fails the query that waits for it.
        tokio::spawn(connection);
        Ok(Self(client))
    }

    async fn read(&mut self) -> Result<Totals, Error> {
        let statement = self
            .0
            .prepare(
                "SELECT id, author_id, created, headline, score, editor_id
                 FROM chunked_bench_entries WHERE id > $1 ORDER BY id LIMIT $2",
            )
            .await?;
        let mut totals = Totals::default();
        let mut last = 0_i64;
        loop {
            let rows = self.0.query(&statement, &[&last, &i64::try_from(BATCH)?]).await?;
            let batch: Vec<Entry<Time>> = rows.iter().map(entry).collect::<Result<_, _>>()?;
            totals.extend(&batch);
            match batch.last() {
                Some(entry) if batch.len() == BATCH => last = entry.id,
                _ => return Ok(totals),
            }
        }
    }
}

fn entry(row: &Row) -> Result<Entry<Time>, tokio_postgres::Error> {
    Ok(Entry {
        id: row.try_get(0)?,
        author_id: row.try_get(1)?,
        created: row.try_get(2)?,
        headline: row.try_get(3)?,
        score: row.try_get(4)?,
        editor_id: row.try_get(5)?,
    })
}
