//! One step of work after the other, each with a connection that a caller may stop waiting for.

use std::{
    future::{Future, ready},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use super::driven::{Driven, Watched};

/// Work that is done in steps: a batch is read, or written.
pub(crate) trait Steps<'s>: Send + Sized + 's {
    /// The same, if it borrows nothing.
    type Owned: Steps<'static, Output = Self::Output>;

    type Output: Send + 'static;

    /// Returns the work so that it can continue on its own, unless its connection is borrowed.
    fn into_owned(self: Box<Self>) -> Result<Box<Self::Owned>, Box<Self>>;

    /// Work that borrows nothing is also work that may borrow.
    #[expect(clippy::unnecessary_box_returns, reason = "it stays in its box")]
    fn of_owned(owned: Box<Self::Owned>) -> Box<Self>;

    fn next(&mut self) -> impl Future<Output = Self::Output> + Send;

    /// Gives an output up that nobody takes, and returns what is left of it.
    fn give_up(output: Self::Output) -> impl Future<Output = Self::Output> + Send {
        ready(output)
    }
}

/// A step under way, which has the work.
pub(crate) enum Step<'s, W: Steps<'s>> {
    /// If its caller stops waiting, it continues only when the caller polls again.
    Polled(Pin<Box<dyn Future<Output = Done<W, W::Output>> + Send + 's>>),
    /// It continues whether the caller waits or not.
    Driven(Driven<Done<W::Owned, W::Output>>),
}

/// The work after a step, and what the step returned.
type Done<W, T> = (Box<W>, T);

/// The place where a watcher finds the steps of some work.
pub(crate) type WatchedSteps<'s, W> =
    Watched<Done<<W as Steps<'s>>::Owned, <W as Steps<'s>>::Output>>;

impl<'s, W: Steps<'s>> Step<'s, W> {
    /// Begins a step that nobody continues if the caller does not.
    pub(crate) fn polled(work: Box<W>) -> Self {
        Self::Polled(Box::pin(next(work)))
    }

    /// Begins a step of work that is owned. With `goes_on`, it continues even if this is dropped.
    pub(crate) fn driven(work: Box<W::Owned>, goes_on: bool) -> Self {
        Self::Driven(Driven::new(next(work), goes_on))
    }

    /// Begins a step of work that is owned, which continues even if this is dropped. If nobody takes
    /// its output in time, that is given up.
    pub(crate) fn claimed(work: Box<W::Owned>, patience: Duration) -> Self {
        Self::Driven(Driven::claimed(next(work), patience, |(work, output)| {
            Box::pin(async { (work, W::Owned::give_up(output).await) })
        }))
    }

    pub(crate) fn poll(
        &mut self,
        watched: &mut WatchedSteps<'s, W>,
        context: &mut Context<'_>,
    ) -> Poll<Done<W, W::Output>> {
        match self {
            Self::Polled(step) => step.as_mut().poll(context),
            Self::Driven(step) => {
                step.poll(watched, context).map(|(work, output)| (W::of_owned(work), output))
            }
        }
    }
}

async fn next<'s, W: Steps<'s>>(mut work: Box<W>) -> Done<W, W::Output> {
    let output = work.next().await;
    (work, output)
}
