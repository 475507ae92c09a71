//! Where an iteration stands: what is under way, and what was handed out.

use std::{
    future::Future,
    io, mem,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use crate::{
    backend::{Backend, value::RawValue},
    batches::{
        driven::{Driven, Watched},
        plan::Plan,
        read_ahead::{Ahead, Stopped},
        reader::{Items, Next, Reader},
    },
    fetch::connector::Link,
    model::row::ReadRow,
    position::cursor::Cursor,
    related::item::Item,
    task,
};

/// A reader, and what it is doing.
pub(crate) struct Walk<'s, T: Item, DB: Backend> {
    state: State<'s, T, DB>,
    /// Where to begin, if not at the first row.
    start: Option<Cursor<T::Model>>,
    /// The key of the last row of the last batch that was handed out.
    position: Option<Vec<RawValue>>,
    /// How many items in a row were errors, and what the next one waits for because of that.
    failures: u32,
    pause: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// What is watched while it is under way.
    watched: Watched<Read<'static, T, DB>>,
}

enum State<'s, T: Item, DB: Backend> {
    /// Nothing was asked for.
    Planned(Link<'s, DB>),
    Idle(Box<Reader<'s, T, DB>>),
    /// A query is under way, and has the reader. It goes on when a caller that stopped waiting
    /// polls again.
    Reading(Reading<'s, T, DB>),
    /// The same from an owned source, where it goes on whether the caller waits or not.
    Driven(Driven<Read<'static, T, DB>>),
    /// A task of its own has the reader.
    Ahead(Ahead<T, DB>),
    /// The reader was lost, in a panic or with the runtime that it ran on.
    Lost,
    Ended,
}

type Read<'s, T, DB> = (Box<Reader<'s, T, DB>>, Next<T>);

type Reading<'s, T, DB> = Pin<Box<dyn Future<Output = Read<'s, T, DB>> + Send + 's>>;

impl<'s, T, DB> Walk<'s, T, DB>
where
    T: Item,
    DB: Backend,
{
    pub(crate) const fn new(link: Link<'s, DB>) -> Self {
        Self::of(State::Planned(link), None, None)
    }

    /// The same walk, with other items beside the same rows; one that has started is over, since it
    /// was for the items of before.
    pub(crate) fn of_other_items<U>(walk: Walk<'s, U, DB>) -> Self
    where
        U: Item<Model = T::Model>,
    {
        let Walk { state, start, position, .. } = walk;
        let state = match state {
            State::Planned(link) => State::Planned(link),
            _ => State::Lost,
        };
        Self::of(state, start, position)
    }

    const fn of(
        state: State<'s, T, DB>,
        start: Option<Cursor<T::Model>>,
        position: Option<Vec<RawValue>>,
    ) -> Self {
        Self { state, start, position, failures: 0, pause: None, watched: Watched::new() }
    }

    pub(crate) fn start_at(&mut self, cursor: Cursor<T::Model>) {
        self.start = Some(cursor);
    }

    pub(crate) const fn started(&self) -> bool {
        !matches!(self.state, State::Planned(_))
    }

    /// The key of the last row of the last batch.
    pub(crate) fn position(&self) -> Option<&[RawValue]> {
        self.position.as_deref()
    }

    /// Where the iteration begins, if not at the first row.
    pub(crate) const fn start(&self) -> Option<&Cursor<T::Model>> {
        self.start.as_ref()
    }

    /// Polls for the next batch; after an error, for the same one again, and after several not at
    /// once: a program that skips errors must not flood a database.
    pub(crate) fn poll_next(
        &mut self,
        plan: &Plan,
        items: &mut Option<Items<T, DB>>,
        context: &mut Context<'_>,
    ) -> Poll<Next<T>>
    where
        T::Model: ReadRow<DB>,
    {
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        let next = ready!(self.poll_batch(plan, items, context));
        self.failures = if matches!(next, Some(Err(_))) { self.failures + 1 } else { 0 };
        self.pause = pause_after(self.failures).map(|pause| Box::pin(task::pause(pause)) as _);
        Poll::Ready(next)
    }

    fn poll_batch(
        &mut self,
        plan: &Plan,
        items: &mut Option<Items<T, DB>>,
        context: &mut Context<'_>,
    ) -> Poll<Next<T>>
    where
        T::Model: ReadRow<DB>,
    {
        loop {
            self.state = match mem::replace(&mut self.state, State::Lost) {
                State::Planned(link) => match items.take() {
                    Some(items) => {
                        let reader = Reader::new(plan.clone(), items, link, self.start.clone());
                        State::Idle(Box::new(reader))
                    }
                    None => State::Lost,
                },
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
                    return Poll::Ready(Some(Err(plan.key.refused::<DB>(source.into()))));
                }
                State::Ended => {
                    self.state = State::Ended;
                    return Poll::Ready(None);
                }
            }
        }
    }

    /// Takes note of a batch on its way to the caller.
    fn hand_out(&mut self, next: Next<T>) -> Next<T> {
        if let Some(Ok(batch)) = &next {
            self.position = batch.keys.last().map(<[RawValue]>::to_vec);
        }
        next
    }
}

impl<'s, T: Item<Model: ReadRow<DB>>, DB: Backend> State<'s, T, DB> {
    /// What follows a batch or an error.
    fn after(reader: Box<Reader<'s, T, DB>>) -> Self {
        if reader.ended() { Self::Ended } else { Self::Idle(reader) }
    }

    /// Begins to read: ahead, if that was asked for, and the source can be taken along.
    fn read(mut reader: Box<Reader<'s, T, DB>>) -> Self {
        let batches = reader.read_ahead();
        // A page is over when its caller stops waiting, and gives a connection of a pool back.
        let goes_on = !reader.is_of_pool();
        if batches > 0 || goes_on || !reader.is_page() {
            reader = match reader.into_owned() {
                Ok(reader) if batches > 0 => return Self::Ahead(Ahead::start(reader, batches)),
                Ok(reader) => return Self::Driven(Driven::new(next(reader), goes_on)),
                Err(reader) => reader,
            };
        }
        Self::Reading(Box::pin(next(reader)))
    }
}

/// How long to wait after so many errors in a row: not after one, then 50 ms, doubling up to 5 s.
fn pause_after(failures: u32) -> Option<Duration> {
    const FIRST: Duration = Duration::from_millis(50);
    const LONGEST: Duration = Duration::from_secs(5);
    let doublings = failures.checked_sub(2)?;
    Some(FIRST.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST))
}

async fn next<T, DB>(mut reader: Box<Reader<'_, T, DB>>) -> Read<'_, T, DB>
where
    T: Item<Model: ReadRow<DB>>,
    DB: Backend,
{
    let next = reader.next().await;
    (reader, next)
}
