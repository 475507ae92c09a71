//! What has to hold before a part is read: it is of this table and order, with these filters, and the
//! point to begin from is in it.

use super::seeker::{Seeker, question, unbound};
use crate::{
    backend::{Backend, value::RawValue},
    error::Error,
    fetch::request::Request,
    position::share::Edge,
    sql::{digest::digest, questions::is_between, seek::End},
};

impl<DB: Backend> Seeker<DB> {
    /// Checks that the part, if there is one, is of this table, in this order and with these filters.
    pub(super) fn check_part(&mut self) -> Result<(), Error> {
        if let Some(part) = self.plan.part.clone().filter(|_| self.doubts.filters) {
            let filters = self.digest()?;
            part.check::<DB>(&self.plan.key, filters)?;
            self.doubts.filters = false;
        }
        Ok(())
    }

    /// Returns the digest of the filters.
    pub(crate) fn digest(&mut self) -> Result<u64, Error> {
        let key = &self.plan.key;
        digest(&key.table, &mut self.filters).map_err(unbound(key))
    }

    /// The question whether the point to begin from is in the part, ends included, if that is not
    /// known yet.
    pub(crate) fn question_about_start(&self) -> Result<Option<Request<DB>>, Error> {
        if !self.doubts.start {
            return Ok(None);
        }
        self.asks_if_between(|_| true)
    }

    /// The question whether the row at the point to begin from is in the part too, if it would be read.
    pub(crate) fn question_about_first(&self) -> Result<Option<Request<DB>>, Error> {
        if self.includes_start() { self.asks_if_between(|edge| edge.included) } else { Ok(None) }
    }

    /// Takes note that the point to begin from is in the part, and whether the row there is read, too.
    pub(crate) const fn trust_start(&mut self, included: bool) {
        self.doubts.start = false;
        self.includes_start = included;
    }

    /// The question whether the point to begin from is between the edges of the part.
    fn asks_if_between(
        &self,
        included: impl Fn(&Edge) -> bool,
    ) -> Result<Option<Request<DB>>, Error> {
        let (Some(part), Some(point)) = (&self.plan.part, &self.plan.from) else { return Ok(None) };
        if part.from.is_none() && part.up_to.is_none() {
            return Ok(None);
        }
        let key = &self.plan.key;
        let end = |edge| End { included: included(edge), ..edge.into() };
        let edges = [&part.from, &part.up_to].map(|edge| edge.as_ref().map(end));
        let statement = is_between(key, &point.values, edges).map_err(unbound(key))?;
        Ok(Some(question(key, statement, |expected| expected)))
    }

    /// Returns the end of the part, if it is all that was given: of the first batch of the first part.
    pub(super) fn edge(&self) -> Option<Vec<RawValue>> {
        let is_first = self.progress.position.is_none();
        self.plan.end().filter(|_| is_first).map(|end| end.key.clone())
    }

    /// Returns whether the position is where a part begins.
    pub(super) fn is_at_edge(&self) -> bool {
        self.plan.part.is_some() && self.plan.from.is_none() && !self.progress.moved
    }
}
