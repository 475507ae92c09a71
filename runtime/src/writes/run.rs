//! The state of writes: what is under way, and what was written.

use std::{
    mem,
    sync::Arc,
    task::{Context, Poll, ready},
};

use super::writer::{Batch, BatchWriter, Parts};
use crate::{
    backend::Backend,
    batches::{
        lost,
        pauses::Pauses,
        step::{Step, Steps as _, WatchedSteps},
    },
    error::Error,
    position::{key::Key, point::Point},
};

/// Writes on their way from the first poll to the last.
pub(crate) struct WriteRun<'s, DB: Backend> {
    /// As long as this exists, somebody waits for batches. It is dropped before a step that goes on.
    _alive: Arc<()>,
    key: Key,
    state: State<'s, DB>,
    /// The point of the last batch, or of the row to begin after.
    pub(crate) point: Option<Point>,
    pauses: Pauses,
    watched: WatchedSteps<'s, BatchWriter<'s, DB>>,
}

enum State<'s, DB: Backend> {
    Idle(Box<BatchWriter<'s, DB>>),
    Writing(Step<'s, BatchWriter<'s, DB>>),
    /// The writer was lost, in a panic or with the runtime that it ran on.
    Lost,
    Ended,
}

impl<'s, DB: Backend> WriteRun<'s, DB> {
    pub(crate) fn new(parts: Parts<'s, DB>) -> Self {
        let alive = Arc::new(());
        let plan = &parts.seeker.plan;
        let (key, point) = (plan.key.clone(), plan.from.clone());
        let writer = BatchWriter::new(parts, Arc::downgrade(&alive));
        let state = State::Idle(Box::new(writer));
        let watched = WatchedSteps::<'s, BatchWriter<'s, DB>>::new();
        Self { _alive: alive, key, state, point, pauses: Pauses::new(), watched }
    }

    /// Polls for the next batch; after an error, for the same one again.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Batch, Error>>> {
        ready!(self.pauses.poll_over(context));
        let next = ready!(self.poll_batch(context));
        self.pauses.note(matches!(next, Some(Err(_))));
        if let Some(Ok(batch)) = &next {
            self.point = Some(batch.last.clone());
        }
        Poll::Ready(next)
    }

    fn poll_batch(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Batch, Error>>> {
        loop {
            self.state = match mem::replace(&mut self.state, State::Lost) {
                State::Idle(writer) => State::Writing(match writer.into_owned() {
                    Ok(writer) => Step::driven(writer, true),
                    Err(writer) => Step::polled(writer),
                }),
                State::Writing(mut step) => match step.poll(&mut self.watched, context) {
                    Poll::Ready((writer, next)) => {
                        self.state = if writer.ended() || next.is_none() {
                            State::Ended
                        } else {
                            State::Idle(writer)
                        };
                        return Poll::Ready(next);
                    }
                    Poll::Pending => {
                        self.state = State::Writing(step);
                        return Poll::Pending;
                    }
                },
                State::Lost => return Poll::Ready(Some(Err(lost::<DB>(&self.key)))),
                State::Ended => {
                    self.state = State::Ended;
                    return Poll::Ready(None);
                }
            }
        }
    }
}
