//! One batch of writes, in a transaction that is open.

use std::sync::Arc;

use crate::{
    backend::{Backend, value::RawValue},
    batches::{
        ends::{ask_at_end, prepare},
        seeker::{Seeker, Wanted},
    },
    error::Error,
    fetch::{connector::Connector, key_rows::KeyRows, request::Request},
    sql::write::Change,
};

/// Rows that were written, but not committed yet.
pub(crate) struct Wrote {
    /// The number of rows, as the database counts them.
    pub(crate) rows: u64,
    /// The key that the batch ends with.
    pub(crate) last: Vec<RawValue>,
    /// The key of the next row that matched.
    extra: Option<Vec<RawValue>>,
    companions: bool,
}

/// The result of an attempt to write a batch.
pub(super) enum Attempt {
    Wrote(Wrote),
    /// No row matches any more.
    Nothing,
    /// More rows were written than the limit leaves: others came into the range.
    OverLimit,
}

impl Wrote {
    /// Moves on after the batch, which was committed.
    pub(super) fn advance<DB: Backend>(self, seeker: &mut Seeker<DB>) {
        seeker.advance(self.rows, Some(&self.last), self.extra, self.companions);
    }
}

/// Finds where the next batch ends, and writes the rows up to there.
pub(super) async fn attempt<DB: Backend>(
    seeker: &mut Seeker<DB>,
    change: &mut Change<DB>,
    connector: &mut Connector<'_, DB>,
    wanted: &Wanted,
) -> Result<Attempt, Error> {
    prepare(seeker, connector).await?;
    if seeker.ended() {
        return Ok(Attempt::Nothing);
    }
    let request = seeker.find_boundary(wanted)?;
    let key = request.expected.key.clone();
    let (mut last, extra, mut companions) = keys(connector, request).await?;
    if last.is_none() {
        let request = seeker.find_last(wanted)?;
        let expected = Arc::clone(&request.expected);
        (last, _, companions) = keys(connector, request).await?;
        if last.is_none() {
            let question = seeker.question_at_end(&expected, 0, false)?;
            ask_at_end(connector, question).await?;
        }
    }
    let Some(last) = last else { return Ok(Attempt::Nothing) };
    if seeker.is_at(&last) {
        return Err(key.no_progress(&last));
    }
    if extra.as_ref() == Some(&last) {
        return Err(key.duplicate(&last));
    }
    let statement = seeker.write(wanted, change, &last)?;
    let rows = connector.write(statement).await.map_err(|source| key.unwritten::<DB>(source))?;
    if seeker.leaves_fewer_than(rows) {
        return Ok(Attempt::OverLimit);
    }
    Ok(Attempt::Wrote(Wrote { rows, last, extra, companions }))
}

type FirstTwo = (Option<Vec<RawValue>>, Option<Vec<RawValue>>, bool);

async fn keys<DB: Backend>(
    connector: &mut Connector<'_, DB>,
    request: Request<DB>,
) -> Result<FirstTwo, Error> {
    let rows = KeyRows::of(&request.expected);
    let rows = connector.read_by_driver(request, rows).await?;
    let companions = rows.companions;
    let (first, second) = rows.into_first_two();
    Ok((first, second, companions))
}
