//! What is asked to find rows by their number, and to count them.

use std::sync::Arc;

use super::seeker::{Seeker, Stage, question, unbound};
use crate::{
    backend::{Backend, value::RawValue},
    error::Error,
    fetch::request::{Expected, Request, RowKind},
    position::{key::Key, share::Edge},
    sql::{
        batch::{Ask, Selection, batch, count_places},
        nulls::HiddenNulls,
    },
};

impl<DB: Backend> Seeker<DB> {
    /// Returns the places after the position, to be asked one after the other. Each is one piece of an
    /// index, from which the server counts rows off without keeping them.
    pub(crate) fn pieces(&self, key: &Key) -> Vec<Stage> {
        let end = self.up_to.as_ref().map(Into::into);
        match count_places::<DB>(
            key,
            &self.filters,
            self.progress.start(self.includes_start()),
            end,
        ) {
            Some(count) => (0..count).map(|place| Some((place, place + 1))).collect(),
            None => vec![None],
        }
    }

    /// The statement that finds the n-th row of a place.
    pub(crate) fn find_nth(
        &mut self,
        key: &Key,
        place: Stage,
        n: u64,
    ) -> Result<Request<DB>, Error> {
        let expected = Expected {
            position: self.progress.position.clone(),
            edge: self.edge(),
            at_edge: self.is_at_edge(),
            companions: Arc::clone(&self.progress.companions),
            kind: RowKind::Key,
            ..Expected::answer(key.clone())
        };
        self.ask_of_place(key, place, Selection::Key, n - 1, expected)
    }

    /// The statement that counts the rows of a place.
    pub(crate) fn count_place(&mut self, key: &Key, place: Stage) -> Result<Request<DB>, Error> {
        self.ask_of_place(key, place, Selection::Count, 0, Expected::answer(key.clone()))
    }

    fn ask_of_place(
        &mut self,
        key: &Key,
        places: Stage,
        selection: Selection,
        skip: u64,
        expected: Expected,
    ) -> Result<Request<DB>, Error> {
        let included = self.includes_start();
        let Self { filters, up_to, progress, .. } = self;
        let ask = Ask {
            from: progress.start(included),
            up_to: up_to.as_ref().map(Into::into),
            places,
            inside: progress.moved,
            skip,
            rows: 1,
            selection,
            nulls: HiddenNulls::NONE,
            companions: &expected.companions,
        };
        let statement = batch(key, filters, ask).map_err(unbound(key))?;
        Ok(question(key, statement, |_| expected))
    }

    /// Goes to a row, to look for others from there on. With `companions`, the values of its key, and
    /// so of others, may need them.
    pub(crate) fn go_to_row(&mut self, row: Vec<RawValue>, companions: bool) {
        self.progress.position = Some(row);
        self.progress.moved = true;
        if !companions {
            self.progress.companions = Arc::default();
        }
    }

    /// Returns the row that was gone to last, or the point to begin from, and whether that row counts.
    pub(crate) fn here(&self) -> Option<Edge> {
        let key = self.progress.position.clone()?;
        Some(Edge { key, included: self.includes_start() })
    }

    /// Returns where reading ends, if not after the last row.
    pub(crate) const fn end_edge(&self) -> Option<&Edge> {
        self.up_to.as_ref()
    }

    /// Sets where reading ends.
    pub(crate) fn set_end(&mut self, end: Option<Edge>) {
        self.up_to = end;
    }
}
