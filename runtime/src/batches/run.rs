//! The state of an iteration: what is under way, and what was handed out.

use std::{
    mem,
    sync::Arc,
    task::{Context, Poll, ready},
};

use super::{
    loaded::Next,
    lost,
    pauses::Pauses,
    plan::{Content, Plan},
    read_ahead::{ReadAhead, Stopped},
    reader::BatchReader,
    seeker::Seeker,
    step::{Step, Steps as _, WatchedSteps},
};
use crate::{
    backend::{Backend, value::RawValue},
    error::Error,
    fetch::connector::Connector,
    model::row::DecodeAs,
    position::point::Point,
    related::{
        item::{Append, Item},
        relation::{Appended, Relation, Unrelated},
    },
};

/// A plan on its way from the first poll to the last.
pub(crate) struct Run<'s, T: Item, DB: Backend> {
    plan: Arc<Plan>,
    state: State<'s, T, DB>,
    /// The key of the last row of the last batch that was handed out.
    position: Option<Vec<RawValue>>,
    pauses: Pauses,
    /// The step that is watched while it is under way.
    watched: WatchedSteps<'s, BatchReader<'s, T, DB>>,
}

enum State<'s, T: Item, DB: Backend> {
    /// Nothing was asked for yet.
    Planned(Planned<'s, T, DB>),
    Idle(Box<BatchReader<'s, T, DB>>),
    /// A batch is being read.
    Reading(Step<'s, BatchReader<'s, T, DB>>),
    /// A separate task has the reader.
    Ahead(ReadAhead<T, DB>),
    /// The reader was lost, in a panic or with the runtime that it ran on.
    Lost,
    Ended,
}

/// The parts of a reader.
pub(crate) struct Planned<'s, T: Item, DB: Backend> {
    pub(crate) content: Content<T, DB>,
    pub(crate) connector: Connector<'s, DB>,
}

impl<'s, M, DB> Run<'s, M, DB>
where
    M: Item<Model = M>,
    DB: Backend,
{
    pub(crate) fn new(plan: Plan, connector: Connector<'s, DB>, decode: DecodeAs<M, DB>) -> Self {
        let content = Content { decode, filters: Vec::new(), relations: Box::new(Unrelated) };
        Self::of(Arc::new(plan), State::Planned(Planned { content, connector }))
    }
}

impl<'s, T, DB> Run<'s, T, DB>
where
    T: Item,
    DB: Backend,
{
    const fn of(plan: Arc<Plan>, state: State<'s, T, DB>) -> Self {
        let watched = WatchedSteps::<'s, BatchReader<'s, T, DB>>::new();
        Self { plan, state, position: None, pauses: Pauses::new(), watched }
    }

    /// Adds a relation, so that items include its rows. A run that has started is over, since it
    /// was for items without them.
    pub(crate) fn with<R>(self, relation: R) -> Run<'s, T::With, DB>
    where
        T: Append<R::Value>,
        R: Relation<DB>,
    {
        let state = match self.state {
            State::Planned(Planned { content, connector }) => {
                let Content { decode, filters, relations } = content;
                let relations = Box::new(Appended::new(relations, relation));
                State::Planned(Planned {
                    content: Content { decode, filters, relations },
                    connector,
                })
            }
            _ => State::Lost,
        };
        Run::of(self.plan, state)
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }

    pub(crate) fn plan_mut(&mut self) -> &mut Plan {
        Arc::make_mut(&mut self.plan)
    }

    /// Returns the parts of the reader, until the first poll.
    pub(crate) const fn planned_mut(&mut self) -> Option<&mut Planned<'s, T, DB>> {
        match &mut self.state {
            State::Planned(planned) => Some(planned),
            _ => None,
        }
    }

    /// Takes the plan and the parts of the reader out, if nothing was polled.
    pub(crate) fn take_planned(&mut self) -> Option<(Arc<Plan>, Planned<'s, T, DB>)> {
        match mem::replace(&mut self.state, State::Lost) {
            State::Planned(planned) => Some((Arc::clone(&self.plan), planned)),
            state => {
                self.state = state;
                None
            }
        }
    }

    /// Returns the plan and the parts of the reader, if nothing was polled.
    pub(crate) fn into_planned(self) -> Option<(Arc<Plan>, Planned<'s, T, DB>)> {
        match self.state {
            State::Planned(planned) => Some((self.plan, planned)),
            _ => None,
        }
    }

    pub(crate) const fn started(&self) -> bool {
        !matches!(self.state, State::Planned(_))
    }

    /// Returns the point of the last row that was handed out, whose key is `last`; before that, the
    /// point to start from.
    pub(crate) fn point(&self, last: Option<&[RawValue]>) -> Option<Point> {
        match last {
            Some(last) => Some(Point::of(self.plan.key.clone(), last.to_vec())),
            None => self.plan.from.clone(),
        }
    }

    /// Returns the key of the last row of the last batch.
    pub(crate) fn position(&self) -> Option<&[RawValue]> {
        self.position.as_deref()
    }

    /// Counts the rows that there are to read. Nothing must have been read so far.
    pub(crate) async fn count(self) -> Result<u64, Error> {
        match self.state {
            State::Planned(Planned { content, connector }) => {
                BatchReader::new(self.plan, content, connector).count().await
            }
            _ => Ok(0),
        }
    }

    /// The text of the statement that comes next, if nothing is under way.
    pub(crate) fn next_sql(&mut self) -> Option<String> {
        // If a filter panics, the state is lost, and no row is read without it.
        let (state, sql) = match mem::replace(&mut self.state, State::Lost) {
            State::Planned(Planned { content, connector }) => {
                let Content { decode, filters, relations } = content;
                let taken = relations.columns().into();
                let mut seeker = Seeker::<DB>::new(Arc::clone(&self.plan), filters, taken);
                let sql = seeker.next_sql();
                let filters = seeker.into_filters();
                let content = Content { decode, filters, relations };
                (State::Planned(Planned { content, connector }), sql)
            }
            State::Idle(mut reader) => {
                let sql = reader.seeker.next_sql();
                (State::Idle(reader), sql)
            }
            state => (state, None),
        };
        self.state = state;
        sql
    }

    /// Polls for the next batch; after an error, for the same one again, and after several not at
    /// once: a program that skips errors must not flood a database.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Next<T>> {
        ready!(self.pauses.poll_over(context));
        let next = ready!(self.poll_batch(context));
        self.pauses.note(matches!(next, Some(Err(_))));
        Poll::Ready(next)
    }

    fn poll_batch(&mut self, context: &mut Context<'_>) -> Poll<Next<T>> {
        loop {
            self.state = match mem::replace(&mut self.state, State::Lost) {
                State::Planned(Planned { content, connector }) => {
                    let plan = Arc::clone(&self.plan);
                    State::Idle(Box::new(BatchReader::new(plan, content, connector)))
                }
                State::Idle(reader) => State::read(reader),
                State::Reading(mut reading) => match reading.poll(&mut self.watched, context) {
                    Poll::Ready((reader, next)) => {
                        self.state = State::after(reader);
                        return Poll::Ready(self.hand_out(next));
                    }
                    Poll::Pending => {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    }
                },
                State::Ahead(mut ahead) => match ahead.poll_next(context) {
                    Poll::Ready(Ok(batch)) => {
                        self.state = State::Ahead(ahead);
                        return Poll::Ready(self.hand_out(Some(Ok(batch))));
                    }
                    Poll::Ready(Err(Stopped::At(reader, next))) => {
                        self.state = State::after(reader);
                        return Poll::Ready(next);
                    }
                    Poll::Ready(Err(Stopped::Abandoned)) => State::Lost,
                    Poll::Pending => {
                        self.state = State::Ahead(ahead);
                        return Poll::Pending;
                    }
                },
                State::Lost => {
                    return Poll::Ready(Some(Err(lost::<DB>(&self.plan.key))));
                }
                State::Ended => {
                    self.state = State::Ended;
                    return Poll::Ready(None);
                }
            }
        }
    }

    /// Records a batch that is handed out to the caller.
    fn hand_out(&mut self, next: Next<T>) -> Next<T> {
        if let Some(Ok(batch)) = &next {
            self.position = batch.keys.last().map(<[RawValue]>::to_vec);
        }
        next
    }
}

impl<'s, T: Item, DB: Backend> State<'s, T, DB> {
    /// Returns the state after a batch or an error.
    fn after(reader: Box<BatchReader<'s, T, DB>>) -> Self {
        if reader.seeker.ended() { Self::Ended } else { Self::Idle(reader) }
    }

    /// Starts to read: ahead, if that was asked for and the source is owned.
    fn read(mut reader: Box<BatchReader<'s, T, DB>>) -> Self {
        let batches = reader.seeker.plan.read_ahead;
        // A page is over when its caller stops waiting, and then gives the connection of a pool
        // back.
        let goes_on = !reader.is_of_pool();
        if batches > 0 || goes_on || !reader.seeker.plan.is_page {
            reader = match reader.into_owned() {
                Ok(reader) if batches > 0 => return Self::Ahead(ReadAhead::start(reader, batches)),
                Ok(reader) => return Self::Reading(Step::driven(reader, goes_on)),
                Err(reader) => reader,
            };
        }
        Self::Reading(Step::polled(reader))
    }
}
