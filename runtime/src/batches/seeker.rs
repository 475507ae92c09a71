//! Tracks how far an iteration has come, and what to ask for next. It does not know the type of the
//! rows, and sends nothing.

use std::{mem, sync::Arc};

use super::plan::Plan;
use crate::{
    backend::{Backend, statement::Statement, value::RawValue},
    error::Error,
    expr::{
        filter::{Filter, leave_out_nulls},
        predicate::Node,
    },
    fetch::request::{Expected, Request, RowKind},
    position::{
        guard::{self, Doubt, Verdict},
        key::Key,
        keys::{Keys, Taken},
        share::Edge,
    },
    sql::{
        batch::{Ask, Selection, batch, count_places},
        nulls::HiddenNulls,
        questions::{at_end, count},
        seek::{End, Start},
    },
};

/// The one place where an iteration's position is kept.
pub(crate) struct Seeker<DB: Backend> {
    pub(crate) plan: Arc<Plan>,
    pub(super) filters: Vec<Filter<DB>>,
    /// The columns that related rows are found by.
    pub(super) taken: Arc<[Taken]>,
    /// Where reading ends, if not after the last row of all.
    pub(super) up_to: Option<Edge>,
    /// True until the last row of the table is found, if that is the end.
    finds_end: bool,
    /// True if the row at the point to begin from is read as well.
    pub(super) includes_start: bool,
    pub(super) doubts: Doubts,
    /// True if every statement ends at a row: NULLs that come before the first value are as hidden
    /// then as those after the last one.
    pub(crate) ends_at_rows: bool,
    pub(super) progress: Progress,
}

/// What is not known yet of a part.
pub(super) struct Doubts {
    /// True until the filters are known to be those of the part.
    pub(super) filters: bool,
    /// True until the point to begin from is known to be in the part.
    pub(super) start: bool,
}

impl Doubts {
    const fn of(plan: &Plan) -> Self {
        let has_part = plan.part.is_some();
        Self { filters: has_part, start: has_part && plan.from.is_some() }
    }
}

/// How far an iteration has come.
#[derive(Clone)]
pub(crate) struct Progress {
    /// The key of the last row that was read, or of the one to begin after.
    pub(super) position: Option<Vec<RawValue>>,
    /// True if that row was read.
    pub(super) moved: bool,
    /// The key of the extra row that the last batch read but did not return.
    pub(super) extra: Option<Vec<RawValue>>,
    /// The keys of the last batch that was handed out.
    handed_out: Arc<Keys>,
    /// The columns that are selected with their companions, until none of them needs one.
    pub(super) companions: Arc<[usize]>,
    /// The number of rows that were read.
    pub(super) rows: u64,
    /// True if all rows were read.
    ended: bool,
}

impl Progress {
    /// Returns the position to start after, if not at the first row.
    pub(super) fn start(&self, included: bool) -> Option<Start<'_>> {
        let next = self.extra.as_deref();
        self.position.as_deref().map(|position| Start { position, included, next })
    }

    /// Returns where to start and to end from an end back to the position.
    pub(super) fn backwards<'a>(
        &'a self,
        end: Option<&'a Edge>,
        included: bool,
    ) -> (Option<Start<'a>>, Option<End<'a>>) {
        let last = self.position.as_deref().map(|position| End { position, included });
        (end.map(Into::into), last)
    }
}

/// The requirements for the next batch.
pub(crate) struct Wanted {
    pub(super) key: Key,
    /// The maximum number of rows to hand out.
    pub(super) rows: u64,
    /// The number of rows to ask for.
    pub(crate) asked: u64,
    /// True if it is the first batch.
    first: bool,
}

/// A half-open range of the places after a position; `None`, if there is no position, reads all
/// rows.
pub(crate) type Stage = Option<(usize, usize)>;

impl<DB: Backend> Seeker<DB> {
    pub(crate) fn new(plan: Arc<Plan>, filters: Vec<Filter<DB>>, taken: Arc<[Taken]>) -> Self {
        let start = plan.start();
        let includes_start = start.as_ref().is_some_and(|start| start.included);
        let progress = Progress {
            position: start.map(|start| start.key),
            moved: false,
            extra: None,
            handed_out: Arc::new(Keys::new(plan.key.order.len())),
            companions: companions::<DB>(&plan.key, &taken),
            rows: 0,
            ended: false,
        };
        Self {
            up_to: plan.end().cloned(),
            finds_end: plan.up_to_now && plan.is_appended_to(),
            includes_start,
            doubts: Doubts::of(&plan),
            plan,
            filters,
            taken,
            ends_at_rows: false,
            progress,
        }
    }

    /// Returns whether all rows were read.
    pub(crate) const fn ended(&self) -> bool {
        self.progress.ended
    }

    /// Returns what to ask the database for next, if anything.
    pub(crate) fn wanted(&mut self) -> Result<Option<Wanted>, Error> {
        if self.progress.ended {
            return Ok(None);
        }
        self.plan.check_start::<DB>()?;
        self.check_part()?;
        let rows = self.plan.next_rows(self.progress.rows)?;
        if rows == 0 {
            self.progress.ended = true;
            return Ok(None);
        }
        // Nothing is read past the limit: rows that are not handed out are not needed.
        let one_more = rows.saturating_add(1);
        let asked = self.plan.left(self.progress.rows).map_or(one_more, |left| left.min(one_more));
        Ok(Some(Wanted { key: self.plan.travelled(), rows, asked, first: !self.progress.moved }))
    }

    /// The statement that finds the last row of the whole table, or of its part, if the plan ends there
    /// and it is not known yet. Filters are not asked, but a NULL in a column that should have none is
    /// no end.
    pub(crate) fn find_end(&self) -> Result<Option<Request<DB>>, Error> {
        if !self.finds_end {
            return Ok(None);
        }
        let key = self.plan.travelled().reversed();
        let companions: Arc<[usize]> = key.companions::<DB>().collect();
        let (from, up_to) = self.progress.backwards(self.up_to.as_ref(), self.includes_start());
        let ask = Ask {
            from,
            up_to,
            places: None,
            inside: false,
            skip: 0,
            rows: 1,
            selection: Selection::Key,
            nulls: HiddenNulls::NONE,
            companions: &companions,
        };
        let value = |part: usize| Node::Null { column: key.order[part].column, negated: true };
        let mut values: Vec<_> = key.parts_without_nulls().map(value).map(Filter::Typed).collect();
        let statement = batch(&key, &mut values, ask).map_err(unbound(&key))?;
        let kind = RowKind::Key;
        let request =
            question(&key, statement, |expected| Expected { companions, kind, ..expected });
        Ok(Some(request))
    }

    /// The question to ask if the table has no last row: are there rows with NULLs? After a position,
    /// the first batch asks.
    pub(crate) fn question_without_end(&mut self) -> Result<Option<Request<DB>>, Error> {
        if self.progress.position.is_some() {
            return Ok(None);
        }
        let key = self.plan.travelled();
        let nulls_of = self.without_filtered(&key, key.parts_without_nulls());
        let nulls = self.plan.nulls(&nulls_of, None);
        let asked = at_end(&key, &mut self.filters, &[], nulls, false);
        let asked = asked.map_err(unbound(&key))?;
        Ok(asked.map(|statement| {
            question(&key, statement, |expected| Expected { nulls_of, ..expected })
        }))
    }

    /// Takes note of the last row of the table; of none, if it has no rows, or none after the position.
    pub(crate) fn end_at(&mut self, last: Option<Vec<RawValue>>) {
        let last = last.or_else(|| self.progress.position.clone());
        self.finds_end = false;
        self.progress.ended = last.is_none();
        self.up_to = last.map(Edge::included);
    }

    /// The statement that counts the rows from here to the end, as far as the limit goes.
    pub(crate) fn count(&mut self) -> Result<Request<DB>, Error> {
        let key = self.plan.travelled();
        let included = self.includes_start();
        let Self { filters, up_to, progress, plan, .. } = self;
        let from = progress.position.as_deref();
        let from = from.map(|position| Start { position, included, next: None });
        let statement = count(&key, filters, from, up_to.as_ref().map(Into::into), plan.limit);
        Ok(question(&key, statement.map_err(unbound(&key))?, |expected| expected))
    }

    /// The text of the statement that comes next, if there is one and it can be written.
    pub(crate) fn next_sql(&mut self) -> Option<String> {
        let wanted = self.wanted().ok()??;
        if let Some(request) = self.question_about_start().ok()? {
            return Some(request.statement.sql);
        }
        if let Some(request) = self.find_end().ok()? {
            return Some(request.statement.sql);
        }
        if let Some(lock) = self.plan.lock {
            return Some(self.request_locked(&wanted, lock).ok()?.statement.sql);
        }
        let stages = self.stages(&wanted);
        let first = *stages.first()?;
        Some(self.request(&wanted, first, 0, stages.len() == 1).ok()?.statement.sql)
    }

    /// Forgets the row that was seen after the last batch: others may come before it.
    pub(crate) fn forget_extra(&mut self) {
        self.progress.extra = None;
    }

    /// Returns whether rows up to a key were read already.
    pub(crate) fn is_at(&self, key: &[RawValue]) -> bool {
        self.progress.moved && self.progress.position.as_deref() == Some(key)
    }

    /// Returns whether the limit leaves fewer rows than these.
    pub(crate) fn leaves_fewer_than(&self, rows: u64) -> bool {
        self.plan.left(self.progress.rows).is_some_and(|left| left < rows)
    }

    /// Returns how far the iteration has come.
    pub(crate) fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Goes to where the iteration was, or will be. Returns where it is.
    pub(crate) const fn go_to(&mut self, progress: Progress) -> Progress {
        mem::replace(&mut self.progress, progress)
    }

    /// Ends the iteration: there are no more rows.
    pub(crate) const fn end(&mut self) {
        self.progress.ended = true;
    }

    /// Gives the filters back.
    pub(crate) fn into_filters(self) -> Vec<Filter<DB>> {
        self.filters
    }

    /// Returns whether the next row may be the one at the point to begin from.
    pub(super) const fn includes_start(&self) -> bool {
        self.includes_start && !self.progress.moved
    }

    /// Returns the statements for a batch, each as the places that it reads.
    pub(crate) fn stages(&self, wanted: &Wanted) -> Vec<Stage> {
        if DB::DIALECT.reads_places_in_turn {
            return self.pieces(&wanted.key);
        }
        let included = self.includes_start();
        let (from, end) = (self.progress.start(included), self.up_to.as_ref().map(Into::into));
        let count = count_places::<DB>(&wanted.key, &self.filters, from, end);
        let Some(count) = count else { return vec![None] };
        // In the middle of a tie, the rest of the tie is enough, and simpler to plan.
        if count > 1 && self.is_within_a_tie() {
            return vec![Some((0, 1)), Some((1, count))];
        }
        vec![Some((0, count))]
    }

    /// Returns whether the rows of the last batch and the row after it differ only in the last
    /// column.
    fn is_within_a_tie(&self) -> bool {
        let first = self.progress.handed_out.iter().next();
        let tie = |key: &[RawValue]| key.split_last().map(|(_, tie)| tie.to_vec());
        match (first, self.progress.handed_out.len(), &self.progress.extra) {
            (Some(first), 2.., Some(extra)) => tie(first) == tie(extra),
            _ => false,
        }
    }

    /// Returns the request for some places, after `before` rows of the batch were read.
    pub(crate) fn request(
        &mut self,
        wanted: &Wanted,
        places: Stage,
        before: u64,
        is_last: bool,
    ) -> Result<Request<DB>, Error> {
        let Wanted { key, rows, asked, first } = wanted;
        let included = self.includes_start();
        let nulls_of = self.asks_for_nulls(wanted, before);
        let Self { plan, filters, up_to, progress, .. } = self;
        let ask = Ask {
            from: progress.start(included),
            up_to: up_to.as_ref().map(Into::into),
            places,
            inside: !first,
            skip: 0,
            rows: asked - before,
            selection: Selection::Model,
            nulls: plan.nulls(&nulls_of, progress.position.as_deref()),
            companions: &progress.companions,
        };
        let statement = batch(key, filters, ask).map_err(unbound(key))?;
        let expected = Expected {
            key: key.clone(),
            position: self.progress.position.clone(),
            included,
            edge: self.edge(),
            at_edge: self.is_at_edge(),
            extra: self.progress.extra.clone(),
            before: self.progress.rows,
            rows: rows - before.min(*rows),
            nulls_of,
            taken: Arc::clone(&self.taken),
            companions: Arc::clone(&self.progress.companions),
            only: None,
            kind: RowKind::Batch,
            types_asked: false,
            goes_on: before > 0,
            goes_short: !self.plan.is_page,
            followed: !self.taken.is_empty() || !is_last,
        };
        Ok(Request { statement, expected: Arc::new(expected) })
    }

    /// Returns the parts of the key whose NULLs the first statement asks about.
    /// A page that was reached by a cursor asks only if it is the last one.
    pub(super) fn asks_for_nulls(
        &self,
        Wanted { key, first, .. }: &Wanted,
        before: u64,
    ) -> Arc<[usize]> {
        let is_first = *first && before == 0;
        if !is_first || self.plan.is_page && self.progress.position.is_some() {
            return Arc::default();
        }
        self.hidden_nulls(key)
    }

    /// Returns the parts of the key whose NULLs should not be there, but would not be seen: those
    /// that a seek ends before, and those that the condition for an end leaves out, which is true
    /// for values alone. From a position on, no NULL of the first column comes before the values.
    fn hidden_nulls(&self, key: &Key) -> Arc<[usize]> {
        let is_closed = self.up_to.is_some() || self.ends_at_rows;
        let ends = |part| is_closed && (part > 0 || self.progress.position.is_none());
        // Those of the first column that come last are for the last part to find, and the first part, which
        // has no position, looks for all.
        let part = self.plan.part.as_deref();
        let is_followed = part.is_some_and(|part| part.index + 1 < part.count);
        let is_value = |end: &Edge| end.key.first().is_some_and(|first| !first.is_null());
        let ends_before = is_followed && self.plan.end().is_some_and(is_value);
        let is_hidden = |part: &usize| {
            key.has_nulls_last::<DB>(*part) && !(*part == 0 && ends_before) || ends(*part)
        };
        self.without_filtered(key, key.parts_without_nulls().filter(is_hidden))
    }

    /// Leaves out the parts whose NULLs the filters leave out.
    fn without_filtered(&self, key: &Key, parts: impl Iterator<Item = usize>) -> Arc<[usize]> {
        parts.filter(|&part| !leave_out_nulls(&self.filters, key.order[part].column)).collect()
    }

    /// Returns the question to ask if no row came to answer it: are there hidden NULLs, and does the
    /// position still fit these columns? The last page asks about NULLs anyway, and since no other
    /// page after a cursor does, it asks about those of all pages.
    pub(crate) fn question_at_end(
        &mut self,
        expected: &Expected,
        rows: u64,
        more: bool,
    ) -> Result<Option<Request<DB>>, Error> {
        let Expected { key, position, before, .. } = expected;
        let is_empty = rows == 0 && (*before == 0 || expected.extra.is_some());
        let is_last_page = self.plan.is_page && !more && self.plan.left(rows) != Some(0);
        let asks = match position {
            Some(_) => is_empty || is_last_page,
            // All rows were read, unless there is an end.
            None => is_empty && self.up_to.is_some(),
        };
        if !asks {
            return Ok(None);
        }
        let nulls_of = if *before == 0 { self.hidden_nulls(key) } else { Arc::default() };
        let from = position.as_deref().filter(|_| !self.plan.is_page);
        let nulls = self.plan.nulls(&nulls_of, from);
        let types_asked = is_empty && expected.given().is_some();
        let given = expected.given().unwrap_or_default();
        let asked = at_end(key, &mut self.filters, given, nulls, types_asked);
        let asked = asked.map_err(unbound(key))?;
        let (edge, at_edge) = (expected.edge.clone(), expected.at_edge);
        Ok(asked.map(|statement| {
            question(key, statement, |answer| Expected {
                position: position.clone(),
                edge,
                at_edge,
                nulls_of,
                types_asked,
                ..answer
            })
        }))
    }

    /// Checks a batch against the row that was seen after the previous one.
    pub(crate) fn doubt(
        &self,
        expected: &Expected,
        first: Option<&[RawValue]>,
        keys: impl FnOnce() -> Result<Keys, Error>,
    ) -> Result<Option<Doubt>, Error> {
        let Expected { key, position: Some(position), extra: Some(extra), .. } = expected else {
            return Ok(None);
        };
        // This holds unless another connection writes just there.
        if first == Some(extra.as_slice()) {
            return Ok(None);
        }
        match guard::compare(&self.progress.handed_out, extra, &keys()?) {
            Verdict::Seen => Ok(None),
            Verdict::Unseen => Ok(Some(Doubt::new(key, position, extra, first.is_none()))),
            Verdict::Repeated(row) => Err(key.disorder(position, &row)),
        }
    }

    /// Records a batch that was read.
    pub(crate) fn advance(
        &mut self,
        rows: u64,
        last: Option<&[RawValue]>,
        extra: Option<Vec<RawValue>>,
        companions: bool,
    ) {
        self.progress.rows += rows;
        if let Some(last) = last {
            self.progress.position = Some(last.to_vec());
            self.progress.moved = true;
        }
        if !companions {
            self.progress.companions = Arc::default();
        }
        self.progress.ended = extra.is_none() || self.plan.left(self.progress.rows) == Some(0);
        self.progress.extra = extra;
    }

    /// Records a batch that is handed out to the caller.
    pub(crate) fn hand_out(&mut self, keys: &Arc<Keys>) {
        self.progress.handed_out = Arc::clone(keys);
    }

    /// Goes back to the start of a batch.
    pub(crate) fn rewind(&mut self, batch: &Expected) {
        self.progress.position.clone_from(&batch.position);
        self.progress.extra.clone_from(&batch.extra);
        self.progress.companions = Arc::clone(&batch.companions);
        self.progress.rows = batch.before;
        self.progress.moved = batch.before > 0;
        self.progress.ended = false;
    }

    /// Moves the position to the last row that was returned, if the rest of the batch was not.
    pub(crate) fn go_on_after(
        &mut self,
        batch: &Expected,
        rows: usize,
        keys: &Keys,
        extra: &[RawValue],
    ) {
        self.rewind(batch);
        let companions = !batch.companions.is_empty();
        self.advance(rows as u64, keys.last(), Some(extra.to_vec()), companions);
    }
}

/// Returns the request for a statement that asks about a key.
pub(super) fn question<DB: Backend>(
    key: &Key,
    statement: Statement<DB>,
    expect: impl FnOnce(Expected) -> Expected,
) -> Request<DB> {
    Request { statement, expected: Arc::new(expect(Expected::answer(key.clone()))) }
}

/// Returns the error for a value that cannot be bound.
pub(super) fn unbound(key: &Key) -> impl FnOnce(sqlx::error::BoxDynError) -> Error {
    let model = key.model().name;
    move |source| Error::Bind { model, source }
}

/// Returns the columns that can need a companion, out of those of a key and of the lists that
/// related rows are found by.
fn companions<DB: Backend>(key: &Key, taken: &[Taken]) -> Arc<[usize]> {
    let mut columns: Vec<_> = key.companions::<DB>().collect();
    for taken in taken {
        columns.extend(key.table.companions_of_references::<DB>(taken.columns()));
    }
    columns.sort_unstable();
    columns.dedup();
    columns.into()
}
