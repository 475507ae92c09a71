//! What an iteration yields: rows one by one, or in batches.

use std::{
    future::poll_fn,
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    vec,
};

use futures_core::Stream;

use super::Iteration;
use crate::{
    backend::{Backend, value::RawValue},
    batches::{plan::Plan, reader::Loaded},
    error::Error,
    iteration::{batch::Batch, page::Page},
    model::{Chunked, row::ReadRow},
    position::{cursor::Cursor, key::Keys},
    related::item::Item,
};

/// What an iteration over `M` yields, rows or batches: a bound for functions that take either.
///
/// ```
/// use sqlx_chunked::{Backend, Chunked, Iteration, Yields};
///
/// fn small<'s, M: Chunked, DB: Backend, K, Y: Yields<M>>(
///     iteration: Iteration<'s, M, DB, K, Y>,
/// ) -> Iteration<'s, M, DB, K, Y> {
///     iteration.batch_size(100).limit(10_000)
/// }
/// ```
pub trait Yields<M>: Sized {
    /// A row, and what is related to it.
    type Item: Item<Model = M>;

    /// The same of other items.
    #[doc(hidden)]
    type Of<T: Item<Model = M>>: Yields<M, Item = T>;

    /// Before anything was read.
    #[doc(hidden)]
    fn nothing() -> Self;
}

/// Yields rows: the part of an [`Iter`](crate::Iter) that differs from a
/// [`BatchIter`](crate::BatchIter).
#[doc(hidden)]
pub struct Rows<T> {
    batch: vec::IntoIter<T>,
    /// The keys of the batch, those of rows that were handed out included.
    keys: Arc<Keys>,
}

impl<M: Chunked, T: Item<Model = M>> Yields<M> for Rows<T> {
    type Item = T;
    type Of<U: Item<Model = M>> = Rows<U>;

    fn nothing() -> Self {
        Self { batch: Vec::new().into_iter(), keys: Arc::new(Keys::new(0)) }
    }
}

impl<T> Rows<T> {
    /// The key of the row that was handed out last.
    fn position(&self) -> Option<&[RawValue]> {
        let handed_out = self.keys.len() - self.batch.len();
        Some(self.keys.get(handed_out.checked_sub(1)?))
    }
}

/// Yields batches: the part of a [`BatchIter`](crate::BatchIter) that differs from an
/// [`Iter`](crate::Iter).
#[doc(hidden)]
pub struct Batches<T>(PhantomData<fn() -> T>);

impl<M: Chunked, T: Item<Model = M>> Yields<M> for Batches<T> {
    type Item = T;
    type Of<U: Item<Model = M>> = Batches<U>;

    fn nothing() -> Self {
        Self(PhantomData)
    }
}

impl<M, DB, K, T> Iteration<'_, M, DB, K, Batches<T>>
where
    M: Chunked,
    T: Item<Model = M>,
    DB: Backend,
{
    /// The position after the last batch that was handed out; before the first one, what
    /// [`after`](Self::after) or [`before`](Self::before) was given.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor<M>> {
        match self.walk.position() {
            Some(position) => Some(Cursor::new(self.plan.key.clone(), position.to_vec())),
            None => self.walk.start().cloned(),
        }
    }
}

impl<M, DB, K, T> Iteration<'_, M, DB, K, Rows<T>>
where
    M: Chunked,
    T: Item<Model = M>,
    DB: Backend,
{
    /// The position after the last row that was handed out; before the first one, what
    /// [`after`](Self::after) or [`before`](Self::before) was given.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor<M>> {
        match self.yields.position() {
            Some(position) => Some(Cursor::new(self.plan.key.clone(), position.to_vec())),
            None => self.walk.start().cloned(),
        }
    }
}

/// Pages.
impl<M, DB, K, T> Iteration<'_, M, DB, K, Batches<T>>
where
    M: ReadRow<DB>,
    T: Item<Model = M>,
    DB: Backend,
{
    /// Reads one batch as a page, with the cursors of the pages around it; one statement, and those
    /// for related rows. If more rows follow and the order has texts in it, one more asks whether the
    /// database finds the next row by comparison where it sorts it, since a cursor alone cannot tell.
    ///
    /// A page has as many rows as [`batch_size`](Self::batch_size) says. A [`limit`](Self::limit)
    /// is for all pages together: there is none behind it.
    ///
    /// ```
    /// # use sqlx_chunked::{Chunked, Cursor, Error, Page};
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "entries")]
    /// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64 }
    /// # async fn page(pool: sqlx::SqlitePool, cursor: Cursor<Entry>) -> Result<(), Error> {
    /// let first: Page<Entry> = Entry::batch_iter(&pool).batch_size(50).page().await?;
    /// if let Some(cursor) = first.next {
    ///     let second = Entry::batch_iter(&pool).batch_size(50).after(cursor).page().await?;
    ///     if let Some(cursor) = second.previous {
    ///         Entry::batch_iter(&pool).batch_size(50).before(cursor).page().await?;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As for the first item of the stream.
    pub async fn page(mut self) -> Result<Page<T>, Error> {
        self.check()?;
        let given = self.cursor();
        self.plan.read_ahead = 0;
        self.plan.is_page = true;
        let read =
            poll_fn(|context| self.walk.poll_next(&self.plan, &mut self.items, context)).await;
        let (rows, keys, more) = match read.transpose()? {
            Some(Loaded { rows, keys, extra, .. }) => (rows, keys, extra.is_some()),
            None => (Vec::new(), Arc::new(Keys::new(0)), false),
        };
        let Plan { key, backwards, .. } = &self.plan;
        Ok(Page::new(rows, (key, &keys), given, (*backwards, more)))
    }
}

impl<M, DB, K, T> Stream for Iteration<'_, M, DB, K, Batches<T>>
where
    M: ReadRow<DB>,
    T: Item<Model = M>,
    DB: Backend,
{
    type Item = Result<Batch<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        this.check()?;
        let Some(loaded) = ready!(this.walk.poll_next(&this.plan, &mut this.items, context)?)
        else {
            return Poll::Ready(None);
        };
        let mut rows = loaded.rows;
        if this.plan.backwards {
            rows.reverse();
        }
        let position = this.walk.position().unwrap_or_default().to_vec();
        Poll::Ready(Some(Ok(Batch::new(rows, this.plan.key.clone(), position))))
    }
}

impl<M, DB, K, T> Stream for Iteration<'_, M, DB, K, Rows<T>>
where
    M: ReadRow<DB>,
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
        let Some(loaded) = ready!(this.walk.poll_next(&this.plan, &mut this.items, context)?)
        else {
            return Poll::Ready(None);
        };
        this.yields = Rows { batch: loaded.rows.into_iter(), keys: loaded.keys };
        Poll::Ready(this.yields.batch.next().map(Ok))
    }
}
