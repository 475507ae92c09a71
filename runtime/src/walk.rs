//! Where an iteration stands: what is under way, and what was handed out.

use std::{
    future::Future,
    io, mem,
    pin::Pin,
    task::{Context, Poll},
};

use crate::{
    ahead::{Ahead, Stopped},
    backend::Backend,
    cursor::Cursor,
    link::Link,
    model::Chunked,
    plan::{Filter, Plan},
    raw::RawValue,
    reader::{Next, Reader},
    row::ReadRow,
};

/// A reader, and what it is doing.
pub(crate) struct Walk<'s, M, DB: Backend> {
    state: State<'s, M, DB>,
    /// Where to begin, if not at the first row.
    start: Option<Cursor<M>>,
    /// The key of the last row of the last batch that was handed out.
    position: Option<Vec<RawValue>>,
}

enum State<'s, M, DB: Backend> {
    /// Nothing was asked for.
    Planned(Link<'s, DB>),
    Idle(Box<Reader<'s, M, DB>>),
    /// A query is under way, and has the reader. It goes on when a caller that stopped waiting
    /// polls again.
    Reading(Reading<'s, M, DB>),
    /// A task of its own has the reader.
    Ahead(Ahead<M, DB>),
    /// The reader was lost, in a panic or with the runtime that it ran on.
    Lost,
    Ended,
}

type Reading<'s, M, DB> =
    Pin<Box<dyn Future<Output = (Box<Reader<'s, M, DB>>, Next<M>)> + Send + 's>>;

impl<'s, M, DB> Walk<'s, M, DB>
where
    M: Chunked,
    DB: Backend,
{
    pub(crate) const fn new(link: Link<'s, DB>) -> Self {
        Self { state: State::Planned(link), start: None, position: None }
    }

    pub(crate) fn start_at(&mut self, cursor: Cursor<M>) {
        self.start = Some(cursor);
    }

    pub(crate) const fn started(&self) -> bool {
        !matches!(self.state, State::Planned(_))
    }

    /// The key of the last row of the last batch, or where the iteration begins.
    pub(crate) fn position(&self) -> Option<&[RawValue]> {
        let start = || self.start.as_ref().map(|cursor| &*cursor.position);
        self.position.as_deref().or_else(start)
    }

    /// Polls for the next batch; after an error, for the same one again.
    pub(crate) fn poll_next(
        &mut self,
        plan: &Plan,
        filters: &mut Vec<Filter<DB>>,
        context: &mut Context<'_>,
    ) -> Poll<Next<M>>
    where
        M: ReadRow<DB>,
    {
        loop {
            self.state = match mem::replace(&mut self.state, State::Lost) {
                State::Planned(link) => {
                    let filters = mem::take(filters);
                    let reader = Reader::new(plan.clone(), filters, link, self.start.clone());
                    State::Idle(Box::new(reader))
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
                    return Poll::Ready(Some(Err(plan.key.refused(source.into()))));
                }
                State::Ended => {
                    self.state = State::Ended;
                    return Poll::Ready(None);
                }
            }
        }
    }

    /// Takes note of a batch on its way to the caller.
    fn hand_out(&mut self, next: Next<M>) -> Next<M> {
        if let Some(Ok(batch)) = &next {
            self.position = batch.keys.last().map(<[RawValue]>::to_vec);
        }
        next
    }
}

impl<'s, M: ReadRow<DB>, DB: Backend> State<'s, M, DB> {
    /// What follows a batch or an error.
    fn after(reader: Box<Reader<'s, M, DB>>) -> Self {
        if reader.ended() { Self::Ended } else { Self::Idle(reader) }
    }

    /// Begins to read: ahead, if that was asked for, and the source can be taken along.
    fn read(mut reader: Box<Reader<'s, M, DB>>) -> Self {
        let batches = reader.read_ahead();
        if batches > 0 {
            reader = match reader.into_owned() {
                Ok(reader) => return Self::Ahead(Ahead::start(reader, batches)),
                Err(reader) => reader,
            };
        }
        Self::Reading(Box::pin(async move {
            let next = reader.next().await;
            (reader, next)
        }))
    }
}
