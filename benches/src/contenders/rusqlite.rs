//! rusqlite, which reads in the calling thread, with a statement prepared once.

use std::marker::PhantomData;

use rusqlite::{Connection, params, types::FromSql};

use super::Contender;
use crate::{
    BATCH, Error, database,
    entry::{Entry, Totals},
};

pub(super) struct Keyset<C>(Connection, PhantomData<C>);

impl<C: FromSql + 'static> Contender for Keyset<C> {
    async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self(Connection::open(database::path(url))?, PhantomData))
    }

    async fn read(&mut self) -> Result<Totals, Error> {
        let mut totals = Totals::default();
        let mut last = 0;
        let mut statement = self.0.prepare(
            "SELECT id, author_id, created, headline, score, editor_id
             FROM chunked_bench_entries WHERE id > ? ORDER BY id LIMIT ?",
        )?;
        loop {
            let batch: Vec<Entry<C>> = statement
                .query_map(params![last, i64::try_from(BATCH)?], |row| {
                    Ok(Entry {
                        id: row.get(0)?,
                        author_id: row.get(1)?,
                        created: row.get(2)?,
                        headline: row.get(3)?,
                        score: row.get(4)?,
                        editor_id: row.get(5)?,
                    })
                })?
                .collect::<Result<_, _>>()?;
            totals.extend(&batch);
            match batch.last() {
                Some(entry) if batch.len() == BATCH => last = entry.id,
                _ => return Ok(totals),
            }
        }
    }
}
