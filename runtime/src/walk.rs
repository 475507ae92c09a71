//! The loop: one batch after the other, each from where the last one ended. No SQL in it.

use std::{
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use crate::{
    backend::{Backend, Statement},
    cursor::Cursor,
    error::Error,
    link::Link,
    model::Chunked,
    plan::Plan,
    raw::RawValue,
    read::{Expected, Fetched, Request},
    row::ReadRow,
    sql::{self, Ask},
};

/// Where an iteration stands.
pub(crate) struct Walk<'s, M, DB: Backend> {
    state: State<'s, M, DB>,
    /// Where to begin, if not at the first row.
    start: Option<Cursor<M>>,
    /// The key of the last row of the last batch.
    position: Option<Vec<RawValue>>,
    handed_out: u64,
    started: bool,
}

enum State<'s, M, DB: Backend> {
    Idle(Link<'s, DB>),
    /// A query is under way, and has the source. It goes on when a caller that stopped waiting
    /// polls again.
    Reading(Reading<'s, M, DB>),
    Ended,
}

type Reading<'s, M, DB> =
    Pin<Box<dyn Future<Output = (Link<'s, DB>, Result<Fetched<M>, Error>)> + Send + 's>>;

impl<'s, M, DB> Walk<'s, M, DB>
where
    M: Chunked,
    DB: Backend,
{
    pub(crate) fn new(link: Link<'s, DB>) -> Self {
        Self {
            state: State::Idle(link),
            start: None,
            position: None,
            handed_out: 0,
            started: false,
        }
    }

    pub(crate) fn start_at(&mut self, cursor: Cursor<M>) {
        self.position = Some(cursor.position.clone());
        self.start = Some(cursor);
    }

    pub(crate) const fn started(&self) -> bool {
        self.started
    }

    /// The key of the last row of the last batch, or where the iteration begins.
    pub(crate) fn position(&self) -> Option<&[RawValue]> {
        self.position.as_deref()
    }

    /// Polls for the next batch; after an error, for the same one again.
    pub(crate) fn poll_next(
        &mut self,
        plan: &mut Plan<DB>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Fetched<M>, Error>>>
    where
        M: ReadRow<DB>,
    {
        loop {
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Idle(_) => {
                    let request = match self.request(plan) {
                        Ok(Some(request)) => request,
                        Ok(None) => {
                            self.state = State::Ended;
                            continue;
                        }
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    };
                    if let State::Idle(mut link) = mem::replace(&mut self.state, State::Ended) {
                        self.state = State::Reading(Box::pin(async move {
                            let fetched = link.read(request).await;
                            (link, fetched)
                        }));
                    }
                }
                State::Reading(reading) => {
                    let (link, fetched) = ready!(reading.as_mut().poll(context));
                    self.state = State::Idle(link);
                    return Poll::Ready(self.advance(plan, fetched));
                }
            }
        }
    }

    /// What to ask the database for next, if anything.
    fn request(&mut self, plan: &mut Plan<DB>) -> Result<Option<Request<DB>>, Error> {
        self.started = true;
        if let Some(cursor) = &self.start {
            cursor.check::<DB>(&plan.key)?;
        }
        let rows = plan.next_rows(self.handed_out)?;
        if rows == 0 {
            return Ok(None);
        }
        let key = plan.travelled();
        // Not past the limit: what is not handed out need not be read.
        let one_more = rows.saturating_add(1);
        let asked = plan.left(self.handed_out).map_or(one_more, |left| left.min(one_more));
        let first = self.handed_out == 0;
        let nulls_of = if first { key.trailing_nulls::<DB>() } else { None };
        let position = self.position.clone();
        let ask = Ask { position: position.as_deref(), inside: !first, rows: asked, nulls_of };
        let unbound = |source| Error::Bind { model: key.model.name, source };
        let mut statement = sql::batch(&key, &mut plan.filters, ask).map_err(unbound)?;
        statement.persistent = plan.persistent;
        // Behind a position there may be no row to report that NULLs follow.
        let nulls = match (nulls_of, &position) {
            (Some(column), Some(_)) => {
                let nulls = sql::nulls(&key, &mut plan.filters, column).map_err(unbound)?;
                Some(Statement { persistent: plan.persistent, ..nulls })
            }
            _ => None,
        };
        let expected = Expected { key, position, rows, nulls_of };
        Ok(Some(Request { statement, nulls, expected }))
    }

    /// Takes note of a batch that was read.
    fn advance(
        &mut self,
        plan: &Plan<DB>,
        fetched: Result<Fetched<M>, Error>,
    ) -> Option<Result<Fetched<M>, Error>> {
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(error) => return Some(Err(error)),
        };
        self.handed_out += fetched.rows.len() as u64;
        if let Some(last) = fetched.keys.last() {
            self.position = Some(last.to_vec());
        }
        if !fetched.more || plan.left(self.handed_out) == Some(0) {
            self.state = State::Ended;
        }
        (!fetched.rows.is_empty()).then_some(Ok(fetched))
    }
}
