//! Cuts the rows of a plan into parts: one walk along the index of its order, and a look for the end of
//! each part.
//!
//! Whether one row comes before another is always decided by the database: each end is looked for after
//! the one before it, and no further than the next mark of the walk. So parts are disjoint, and together
//! everything, whatever others write in the meantime; the numbers of their rows may then be off.

use std::mem;

use super::walk::Walk;
use crate::{
    backend::{Backend, value::RawValue},
    batches::{ends::prepare, seeker::Seeker},
    error::Error,
    fetch::{answer::Number, connector::Connector, key_rows::KeyRows},
    position::{
        key::Key,
        share::{Edge, Share},
    },
};

/// What cuts.
pub(crate) struct Cutter<'s, DB: Backend> {
    connector: Connector<'s, DB>,
    seeker: Seeker<DB>,
    /// The order that rows are looked for in.
    key: Key,
}

/// How far a cut has come.
#[derive(Clone, Copy)]
pub(crate) struct Progress {
    /// The number of rows that were walked past.
    pub(crate) rows: u64,
    /// The number of parts whose end was found.
    pub(crate) parts: u32,
}

/// An end may be off by one part out of so many.
const NEAR: u64 = 10;

/// The n-th row of those that were asked for.
enum Nth {
    Found(Vec<RawValue>),
    /// There are only so many rows.
    Short(u64),
}

impl<'s, DB: Backend> Cutter<'s, DB> {
    pub(crate) fn new(connector: Connector<'s, DB>, seeker: Seeker<DB>) -> Self {
        let key = seeker.plan.travelled();
        Self { connector, seeker, key }
    }

    /// Cuts into at most `parts` parts: as many as there are rows, if there are fewer. No parts if
    /// nothing would be handed out whatever is inserted.
    pub(crate) async fn cut(
        mut self,
        parts: u32,
        report: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Vec<Share>, Error> {
        let cut = self.cut_on_connection(parts, report).await;
        self.connector.release();
        cut
    }

    async fn cut_on_connection(
        &mut self,
        parts: u32,
        report: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Vec<Share>, Error> {
        if self.seeker.wanted()?.is_none() {
            return Ok(Vec::new());
        }
        prepare(&mut self.seeker, &mut self.connector).await?;
        if self.seeker.ended() {
            return Ok(Vec::new());
        }
        let filters = self.seeker.digest()?;
        let (from, up_to) = (self.seeker.here(), self.seeker.end_edge().cloned());
        let whole = Share { from, up_to, ..Share::whole(self.key.clone(), filters) };
        let start = self.seeker.progress();
        let walk = self.walk(report).await?;
        self.seeker.go_to(start);
        let parts = walk.rows.min(parts.into());
        let ends = self.find_ends(&walk, parts, whole.up_to.as_ref(), report).await?;
        Ok(between(&whole, ends, walk.rows))
    }

    /// Walks past all rows.
    async fn walk(&mut self, report: &mut (dyn FnMut(Progress) + Send)) -> Result<Walk, Error> {
        let mut walk = Walk::new();
        loop {
            let next = self.nth(walk.step()).await?;
            let is_last = match next {
                Nth::Found(row) => {
                    walk.mark(row);
                    false
                }
                Nth::Short(rows) => {
                    walk.finish(rows);
                    true
                }
            };
            report(Progress { rows: walk.rows, parts: 0 });
            if is_last {
                return Ok(walk);
            }
        }
    }

    /// Finds the last row of each part but the last one, with the number of rows up to there.
    async fn find_ends(
        &mut self,
        walk: &Walk,
        parts: u64,
        last: Option<&Edge>,
        report: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Vec<End>, Error> {
        let mut ends: Vec<End> = Vec::new();
        // The number of rows up to where the seeker is.
        let mut here = 0;
        for part in 1..parts {
            let mut rows = share_of(walk.rows, part, parts);
            let (before, after) = walk.around(rows);
            // The end of a part need not be exact where the row of a mark is near: it is known already.
            let near = |(mark, _): &(u64, _)| mark.abs_diff(rows) <= walk.rows / parts / NEAR;
            let nearest = [before, after].into_iter().flatten().filter(near);
            if let Some((mark, row)) = nearest.min_by_key(|(mark, _)| mark.abs_diff(rows))
                && mark > here
            {
                self.seeker.go_to_row(row.to_vec(), true);
                (here, rows) = (mark, mark);
            }
            if let Some((mark, row)) = before.filter(|(mark, _)| *mark > here) {
                self.seeker.go_to_row(row.to_vec(), true);
                here = mark;
            }
            if here < rows {
                let end = after.map(|(_, row)| Edge::included(row.to_vec())).or(last.cloned());
                self.seeker.set_end(end);
                match (self.nth(rows - here).await?, after) {
                    (Nth::Found(_), _) => here = rows,
                    // Rows were deleted since.
                    (Nth::Short(_), Some((mark, row))) => {
                        self.seeker.go_to_row(row.to_vec(), true);
                        here = mark;
                    }
                    (Nth::Short(_), None) => break,
                }
            }
            let Some(Edge { key, .. }) = self.seeker.here() else { break };
            if ends.last().is_none_or(|end| end.key != key) {
                ends.push(End { key, rows: here });
                let found = u32::try_from(ends.len()).unwrap_or(u32::MAX);
                report(Progress { rows: walk.rows, parts: found });
            }
        }
        Ok(ends)
    }

    /// Goes to the n-th row from here on, if there are so many.
    async fn nth(&mut self, n: u64) -> Result<Nth, Error> {
        let mut left = n;
        for place in self.seeker.pieces(&self.key) {
            let request = self.seeker.find_nth(&self.key, place, left)?;
            let rows = KeyRows::of(&request.expected);
            let rows = self.connector.read_by_driver(request, rows).await?;
            let companions = rows.companions;
            if let (Some(row), _) = rows.into_first_two() {
                if self.seeker.is_at(&row) {
                    return Err(self.key.no_progress(&row));
                }
                self.seeker.go_to_row(row.clone(), companions);
                return Ok(Nth::Found(row));
            }
            let request = self.seeker.count_place(&self.key, place)?;
            let number = Number::to(&request.expected);
            let counted = self.connector.read_by_driver(request, number).await?.value;
            // Others may have inserted rows since.
            left -= counted.min(left - 1);
        }
        Ok(Nth::Short(n - left))
    }
}

/// The last row of a part, and the number of rows up to there.
struct End {
    key: Vec<RawValue>,
    rows: u64,
}

/// Returns how many rows the first few of some parts have, if all have about the same number.
fn share_of(rows: u64, part: u64, parts: u64) -> u64 {
    let share = u128::from(rows) * u128::from(part) / u128::from(parts);
    u64::try_from(share).unwrap_or(rows)
}

/// Returns the parts between some rows.
fn between(whole: &Share, ends: Vec<End>, rows: u64) -> Vec<Share> {
    let count = u32::try_from(ends.len() + 1).unwrap_or(u32::MAX);
    let last = (whole.up_to.clone(), rows);
    let ends = ends.into_iter().map(|end| (Some(Edge::included(end.key)), end.rows));
    let (mut from, mut before) = (whole.from.clone(), 0);
    let parts = ends.chain([last]).zip(0..count).map(|((up_to, rows), index)| {
        let next = up_to.clone().map(|edge| Edge { included: false, ..edge });
        let from = mem::replace(&mut from, next);
        let rows = rows - mem::replace(&mut before, rows);
        Share { from, up_to, index, count, rows, ..whole.clone() }
    });
    parts.collect()
}
