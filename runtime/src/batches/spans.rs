//! What a batch of writes asks for: where it ends, and the statement for the rows up to there.

use std::sync::Arc;

use super::seeker::{Seeker, Wanted, unbound};
use crate::{
    backend::{Backend, statement::Statement, value::RawValue},
    error::Error,
    fetch::request::{Expected, Request, RowKind},
    sql::{
        batch::{Ask, Selection, batch},
        nulls::HiddenNulls,
        seek::End,
        span::Span,
        write::{Change, write},
    },
};

impl<DB: Backend> Seeker<DB> {
    /// The statement that finds the last row of the next batch, and whether another one follows.
    pub(crate) fn find_boundary(&mut self, wanted: &Wanted) -> Result<Request<DB>, Error> {
        let nulls_of = self.asks_for_nulls(wanted, 0);
        let included = self.includes_start();
        let Self { plan, filters, up_to, progress, .. } = self;
        let ask = Ask {
            from: progress.start(included),
            up_to: up_to.as_ref().map(Into::into),
            places: None,
            inside: progress.moved,
            skip: wanted.rows - 1,
            rows: 2,
            selection: Selection::Key,
            nulls: plan.nulls(&nulls_of, progress.position.as_deref()),
            companions: &progress.companions,
        };
        let statement = batch(&wanted.key, filters, ask).map_err(unbound(&wanted.key))?;
        Ok(self.keys(wanted, statement, nulls_of))
    }

    /// The statement that finds the last row of all, if there are too few for a whole batch. It begins
    /// at the end.
    pub(crate) fn find_last(&mut self, wanted: &Wanted) -> Result<Request<DB>, Error> {
        let nulls_of = self.asks_for_nulls(wanted, 0);
        let included = self.includes_start();
        let Self { plan, filters, up_to, progress, .. } = self;
        let (from, up_to) = progress.backwards(up_to.as_ref(), included);
        let ask = Ask {
            from,
            up_to,
            places: None,
            inside: false,
            skip: 0,
            rows: 1,
            selection: Selection::Key,
            nulls: HiddenNulls {
                reversed: true,
                ..plan.nulls(&nulls_of, progress.position.as_deref())
            },
            companions: &progress.companions,
        };
        let statement =
            batch(&wanted.key.reversed(), filters, ask).map_err(unbound(&wanted.key))?;
        Ok(self.keys(wanted, statement, nulls_of))
    }

    /// The statement that writes the rows from here up to a key.
    pub(crate) fn write(
        &mut self,
        wanted: &Wanted,
        change: &mut Change<DB>,
        last: &[RawValue],
    ) -> Result<Statement<DB>, Error> {
        let included = self.includes_start();
        let span = Span { from: self.progress.start(included), end: End::at(last) };
        write(&wanted.key, &mut self.filters, change, span).map_err(unbound(&wanted.key))
    }

    /// Returns the request for a statement that reads keys.
    fn keys(
        &self,
        Wanted { key, .. }: &Wanted,
        statement: Statement<DB>,
        nulls_of: Arc<[usize]>,
    ) -> Request<DB> {
        let expected = Expected {
            position: self.progress.position.clone(),
            edge: self.edge(),
            at_edge: self.is_at_edge(),
            extra: self.progress.extra.clone(),
            before: self.progress.rows,
            nulls_of,
            companions: Arc::clone(&self.progress.companions),
            kind: RowKind::Key,
            ..Expected::answer(key.clone())
        };
        Request { statement, expected: Arc::new(expected) }
    }
}
