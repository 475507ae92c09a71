//! Decodes the rows that a thread has read, on the caller's side.

use std::{cell::RefCell, mem};

use sqlx::{Sqlite, error::BoxDynError};
use tracing::Span;

use super::{
    blocking,
    buffer::Buffer,
    handle::Failed,
    row::Row,
    seen::{Seen, UnknownColumn},
};
use crate::backend::direct::Sink;

/// What is known of types that only sqlx decodes.
#[derive(Default)]
pub(super) struct Decoding {
    seen: RefCell<Seen>,
    statements: Vec<Known>,
}

/// What is known of a statement.
struct Known {
    sql: String,
    /// The columns whose types only sqlx knows, found so far.
    unknown: Vec<UnknownColumn>,
    /// True if values were missed the last time, so that others are likely to be missed again.
    missed: bool,
}

/// The number of statements that something is known of.
const MOST_STATEMENTS: usize = 32;

/// The largest number of bytes of rows that are kept until all their values can be decoded.
const MOST_BYTES: usize = 64 << 20;

/// A value was not seen before: the rows must be kept until it was.
pub(super) struct Missed;

/// Rows that are kept until all their values can be decoded.
#[derive(Default)]
pub(super) struct KeptRows {
    rows: Vec<Buffer>,
    bytes: usize,
}

impl KeptRows {
    pub(super) fn keep(&mut self, rows: Buffer) -> Result<(), Failed> {
        self.bytes += rows.size();
        if self.bytes > MOST_BYTES {
            return Err(Failed("the rows of a batch are too large to be kept"));
        }
        self.rows.push(rows);
        Ok(())
    }
}

impl Decoding {
    /// Returns whether the rows of a statement should be kept, since they are likely to have values
    /// that were not seen before.
    pub(super) fn keeps_rows(&self, sql: &str) -> bool {
        self.statements.iter().any(|known| known.missed && known.sql == sql)
    }

    /// Gives rows to the sink, unless a value was not seen before.
    pub(super) fn decode<S: Sink<Sqlite>>(
        &mut self,
        sql: &str,
        rows: &Buffer,
        sink: &mut S,
    ) -> Result<Result<(), Missed>, BoxDynError> {
        let Some(column) = self.push(rows, sink)? else { return Ok(Ok(())) };
        let known = self.known(sql);
        known.missed = true;
        if !known.unknown.iter().any(|one| one.is(&column)) {
            known.unknown.push(column);
        }
        Ok(Err(Missed))
    }

    /// Gives all rows to an empty sink, after their values were seen.
    pub(super) async fn learn_and_decode<S: Sink<Sqlite>>(
        &mut self,
        sql: &str,
        kept: KeptRows,
        mut sink: S,
    ) -> Result<S, BoxDynError> {
        let mut rows = kept.rows;
        self.known(sql).missed = false;
        loop {
            let is_new;
            (rows, is_new) = self.learn(sql, rows).await?;
            self.known(sql).missed |= is_new;
            let mut missing = None;
            for rows in &rows {
                missing = self.push(rows, &mut sink)?;
                if missing.is_some() {
                    break;
                }
            }
            let Some(column) = missing else { return Ok(sink) };
            let known = self.known(sql);
            if known.unknown.iter().any(|one| one.is(&column)) {
                return Err(Failed("a value is not found again").into());
            }
            known.unknown.push(column);
            sink = sink.anew();
        }
    }

    /// Learns the values of some rows, on a thread that may block. Returns the rows, and whether one
    /// of the values is new.
    async fn learn(
        &mut self,
        sql: &str,
        rows: Vec<Buffer>,
    ) -> Result<(Vec<Buffer>, bool), BoxDynError> {
        let unknown = self.known(sql).unknown.clone();
        let mut seen = mem::take(self.seen.get_mut());
        let span = Span::current();
        let learned = blocking::run(move || {
            let _span = span.enter();
            let is_new = seen.learn(rows.iter().flat_map(Buffer::rows), &unknown);
            (seen, rows, is_new)
        });
        let (seen, rows, is_new) = learned.await.ok_or(Failed("no thread could be started"))?;
        *self.seen.get_mut() = seen;
        Ok((rows, is_new?))
    }

    /// Gives rows to the sink, up to one that has a value in a column that was not seen before.
    fn push<S: Sink<Sqlite>>(
        &mut self,
        rows: &Buffer,
        sink: &mut S,
    ) -> Result<Option<UnknownColumn>, BoxDynError> {
        for cells in rows.rows() {
            let pushed = sink.push(Row { cells, seen: &self.seen });
            // The sink may take a row that does not decode for the end of the batch.
            let missed = self.seen.get_mut().take_missed();
            if missed.is_some() {
                return Ok(missed);
            }
            pushed?;
        }
        Ok(None)
    }

    /// Returns what is known of a statement. It becomes the last one to be forgotten.
    fn known(&mut self, sql: &str) -> &mut Known {
        let place = self.statements.iter().position(|known| known.sql == sql);
        let known = if let Some(place) = place {
            self.statements.remove(place)
        } else {
            if self.statements.len() == MOST_STATEMENTS {
                self.statements.remove(0);
            }
            Known { sql: sql.to_owned(), unknown: Vec::new(), missed: false }
        };
        self.statements.push(known);
        let last = self.statements.len() - 1;
        &mut self.statements[last]
    }
}
