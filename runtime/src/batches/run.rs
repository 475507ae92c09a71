//! The state of an iteration: what is under way, and what was handed out.

use std::{
    future::Future,
    io, mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use super::{
    driven::{Driven, Watched},
    loaded::Next,
    plan::{Content, Plan},
    read_ahead::{ReadAhead, Stopped},
    reader::BatchReader,
    seeker::Seeker,
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
    task,
};

/// A plan on its way from the first poll to the last.
pub(crate) struct Run<'s, T: Item, DB: Backend> {
    plan: Arc<Plan>,
    state: State<'s, T, DB>,
    /// The key of the last row of the last batch that was handed out.
    position: Option<Vec<RawValue>>,
    /// The number of errors in a row, and the pause before the next item because of them.
    failures: u32,
    pause: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// The work that is watched while it is under way.
    watched: Watched<Read<'static, T, DB>>,
}

enum State<'s, T: Item, DB: Backend> {
    /// Nothing was asked for yet.
    Planned(Planned<'s, T, DB>),
    Idle(Box<BatchReader<'s, T, DB>>),
    /// A query is under way, and has the reader. If its caller stops waiting, it continues only when
    /// the caller polls again.
    Reading(Reading<'s, T, DB>),
    /// The same from an owned source: the query continues whether the caller waits or not.
    Driven(Driven<Read<'static, T, DB>>),
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

type Read<'s, T, DB> = (Box<BatchReader<'s, T, DB>>, Next<T>);

type Reading<'s, T, DB> = Pin<Box<dyn Future<Output = Read<'s, T, DB>> + Send + 's>>;

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
        let watched = Watched::new();
        Self { plan, state, position: None, failures: 0, pause: None, watched }
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
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        let next = ready!(self.poll_batch(context));
        self.failures = if matches!(next, Some(Err(_))) { self.failures + 1 } else { 0 };
        self.pause = pause_after(self.failures).map(|pause| Box::pin(task::pause(pause)) as _);
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
                State::Reading(mut reading) => match reading.as_mut().poll(context) {
                    Poll::Ready((reader, next)) => {
                        self.state = State::after(reader);
                        return Poll::Ready(self.hand_out(next));
                    }
                    Poll::Pending => {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    }
                },
                State::Driven(mut driven) => match driven.poll(&mut self.watched, context) {
                    Poll::Ready((reader, next)) => {
                        self.state = State::after(reader);
                        return Poll::Ready(self.hand_out(next));
                    }
                    Poll::Pending => {
                        self.state = State::Driven(driven);
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
                    let source = io::Error::other(
                        "the iteration is lost: it panicked, or its runtime has shut down",
                    );
                    return Poll::Ready(Some(Err(self.plan.key.refused::<DB>(source.into()))));
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
                Ok(reader) => return Self::Driven(Driven::new(next(reader), goes_on)),
                Err(reader) => reader,
            };
        }
        Self::Reading(Box::pin(next(reader)))
    }
}

/// Returns how long to wait after a number of errors in a row: not after one, then 50 ms, doubling
/// up to 5 s.
fn pause_after(failures: u32) -> Option<Duration> {
    const FIRST: Duration = Duration::from_millis(50);
    const LONGEST: Duration = Duration::from_secs(5);
    let doublings = failures.checked_sub(2)?;
    Some(FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST))
}

async fn next<T, DB>(mut reader: Box<BatchReader<'_, T, DB>>) -> Read<'_, T, DB>
where
    T: Item,
    DB: Backend,
{
    let next = reader.next().await;
    (reader, next)
}
