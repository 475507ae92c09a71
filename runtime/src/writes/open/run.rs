//! The state of batches in transactions: which one is open, and which was the last to be committed.

use std::{
    mem,
    task::{Context, Poll, ready},
    time::Duration,
};

use super::{
    fate::{End, Witness},
    opener::{Next, Opened, Opener},
    work::Work,
};
use crate::{
    batches::{
        lost,
        pauses::Pauses,
        plan::Plan,
        step::{Step, WatchedSteps},
    },
    error::Error,
    position::{key::Key, point::Point},
};

/// Batches in transactions, from the first poll to the last.
pub(crate) struct OpenRun<W: Work> {
    key: Key,
    state: State<W>,
    /// The point of the last batch that is known to be committed, or of the row to begin after.
    committed: Option<Point>,
    /// The batch that was handed out last, and its point.
    handed_out: Option<(Point, Witness)>,
    pauses: Pauses,
    /// The number of batches in a row that nobody took in time.
    given_up: u32,
    watched: WatchedSteps<'static, Opener<W>>,
}

enum State<W: Work> {
    Idle(Box<Opener<W>>),
    Working(Step<'static, Opener<W>>),
    /// The work was lost, in a panic or with the runtime that it ran on.
    Lost,
    Over,
}

impl<W: Work> OpenRun<W> {
    pub(crate) fn new(plan: &Plan, opener: Opener<W>) -> Self {
        Self {
            key: plan.key.clone(),
            state: State::Idle(Box::new(opener)),
            committed: plan.from.clone(),
            handed_out: None,
            pauses: Pauses::new(),
            given_up: 0,
            watched: WatchedSteps::<'static, Opener<W>>::new(),
        }
    }

    /// Returns the point after the last batch that was committed.
    pub(crate) fn point(&self) -> Option<&Point> {
        match &self.handed_out {
            Some((point, witness)) if witness.is_committed() => Some(point),
            _ => self.committed.as_ref(),
        }
    }

    /// Returns the text of the statement that comes next, if nothing is under way.
    pub(crate) fn next_sql(&mut self) -> Option<String> {
        match &mut self.state {
            State::Idle(opener) => opener.next_sql(),
            _ => None,
        }
    }

    /// Polls for the next batch; for the same one again, unless the last one was committed.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Opened<W>, Error>>> {
        self.note_end();
        // What is under way has begun, and must not wait with a transaction in its hands.
        if !matches!(self.state, State::Working(_)) {
            ready!(self.pauses.poll_over(context));
        }
        if self.handed_out.as_ref().is_some_and(|(_, witness)| witness.is_open()) {
            self.pauses.note(true);
            return Poll::Ready(Some(Err(self.key.still_open())));
        }
        let next = ready!(self.poll_batch(context));
        // By now it is known, if it was not before.
        self.note_end();
        match &next {
            Some(Ok(opened)) => {
                self.handed_out = Some((opened.last.clone(), opened.witness.clone()));
            }
            Some(Err(_)) => self.pauses.note(true),
            None => {}
        }
        Poll::Ready(next)
    }

    /// Takes note of the end of the batch that was handed out last. One that is rolled back again and
    /// again is not read again at once.
    fn note_end(&mut self) {
        let Some((_, witness)) = &self.handed_out else { return };
        let Some(end) = witness.end() else { return };
        if let (Some((point, _)), End::Committed) = (self.handed_out.take(), &end) {
            self.committed = Some(point);
        }
        self.pauses.note(!matches!(end, End::Committed));
    }

    /// Returns how long a batch waits for its caller: 20 ms, and twice as long each time that one was
    /// given up, so that a caller who is seldom polled has it some time.
    fn patience(&self) -> Duration {
        const FIRST: Duration = Duration::from_millis(20);
        FIRST * 2_u32.pow(self.given_up.min(6))
    }

    fn poll_batch(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Opened<W>, Error>>> {
        loop {
            self.state = match mem::replace(&mut self.state, State::Lost) {
                State::Idle(opener) => State::Working(Step::claimed(opener, self.patience())),
                State::Working(mut step) => match step.poll(&mut self.watched, context) {
                    Poll::Ready((opener, Next::GivenUp)) => {
                        self.given_up += 1;
                        State::Idle(opener)
                    }
                    Poll::Ready((opener, Next::Batch(batch))) => {
                        self.given_up = 0;
                        self.state = State::Idle(opener);
                        return Poll::Ready(Some(Ok(*batch)));
                    }
                    Poll::Ready((opener, Next::Failed(error))) => {
                        self.state = State::Idle(opener);
                        return Poll::Ready(Some(Err(error)));
                    }
                    Poll::Ready((_, Next::Over)) => State::Over,
                    Poll::Pending => {
                        self.state = State::Working(step);
                        return Poll::Pending;
                    }
                },
                State::Lost => {
                    return Poll::Ready(Some(Err(lost::<W::Database>(&self.key))));
                }
                State::Over => {
                    self.state = State::Over;
                    return Poll::Ready(None);
                }
            }
        }
    }
}
