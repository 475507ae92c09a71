//! Streams of rows and of batches, and the cursor after what they handed out.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;

use super::{
    Iteration,
    batch::Batch,
    yields::{Batches, Rows},
};
use crate::{
    backend::Backend,
    error::Error,
    model::Described,
    position::{cursor::Cursor, point::Point},
    related::item::Item,
};

impl<M, DB, K, T, L> Iteration<'_, M, DB, K, Batches<T, L>>
where
    M: Described,
    T: Item<Model = M>,
    DB: Backend,
{
    /// Returns the position after the last batch that was handed out. Before the first one, this is
    /// the cursor given to [`after`](Self::after) or [`before`](Self::before).
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor<M>> {
        self.run.point(self.run.position()).map(Cursor::at)
    }
}

impl<M, DB, K, T, L> Iteration<'_, M, DB, K, Rows<T, L>>
where
    M: Described,
    T: Item<Model = M>,
    DB: Backend,
{
    /// Returns the position after the last row that was handed out. Before the first one, this is
    /// the cursor given to [`after`](Self::after) or [`before`](Self::before).
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor<M>> {
        self.run.point(self.yields.position()).map(Cursor::at)
    }
}

impl<M, DB, K, T, L> Stream for Iteration<'_, M, DB, K, Batches<T, L>>
where
    M: Described,
    T: Item<Model = M>,
    DB: Backend,
{
    type Item = Result<Batch<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        this.check()?;
        let Some(loaded) = ready!(this.run.poll_next(context)?) else {
            return Poll::Ready(None);
        };
        let plan = this.run.plan();
        let last = this.run.position().unwrap_or_default().to_vec();
        let last = Point::of(plan.key.clone(), last);
        Poll::Ready(Some(Ok(Batch::new(loaded.rows, plan.backwards, last))))
    }
}

impl<M, DB, K, T, L> Stream for Iteration<'_, M, DB, K, Rows<T, L>>
where
    M: Described,
    T: Item<Model = M>,
    DB: Backend,
{
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        this.check()?;
        if let Some(row) = this.yields.batch.next() {
            return Poll::Ready(Some(Ok(row)));
        }
        let Some(loaded) = ready!(this.run.poll_next(context)?) else {
            return Poll::Ready(None);
        };
        this.yields = Rows::of(loaded.rows.into_iter(), loaded.keys);
        Poll::Ready(this.yields.batch.next().map(Ok))
    }
}
