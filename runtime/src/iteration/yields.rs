//! The two kinds of items that an iteration yields: single rows, or batches.

use std::{marker::PhantomData, sync::Arc, vec};

use crate::{
    backend::value::RawValue, model::Described, position::keys::Keys, related::item::Item,
    seal::Seal,
};

/// The kind of items that an iteration over `M` yields, rows or batches. It is a bound for
/// functions that take either.
///
/// ```
/// use sqlx_chunked::{Backend, Chunked, Iteration, bounds::Yields};
///
/// fn small<'s, M: Chunked, DB: Backend, K, Y: Yields<M>>(
///     iteration: Iteration<'s, M, DB, K, Y>,
/// ) -> Iteration<'s, M, DB, K, Y> {
///     iteration.batch_size(100).limit(10_000)
/// }
/// ```
pub trait Yields<M>: Sized {
    /// A row with its related rows.
    type Item: Item<Model = M>;

    /// The same kind, with other items.
    #[doc(hidden)]
    type Of<T: Item<Model = M>>: Yields<M, Item = T>;

    /// The same kind, of rows that are locked.
    #[doc(hidden)]
    type Locked: Yields<M, Item = Self::Item>;

    /// Returns the state for rows that are locked.
    #[doc(hidden)]
    fn locked(self) -> Self::Locked;

    /// Returns the state before anything is read.
    #[doc(hidden)]
    fn nothing() -> Self;

    /// Returns the text of the statement that comes next, if this is what knows it.
    #[doc(hidden)]
    fn next_sql(&mut self) -> Option<String> {
        None
    }

    #[doc(hidden)]
    const SEAL: Seal;
}

/// Rows are locked, by [`for_update`](crate::Iteration::for_update) or another method.
#[derive(Debug)]
pub enum Locked {}

/// Rows are not locked.
#[derive(Debug)]
pub enum Unlocked {}

/// The rows that an [`Iter`](crate::Iter) yields, one by one.
pub struct Rows<T, L = Unlocked> {
    pub(super) batch: vec::IntoIter<T>,
    /// The keys of the batch, including those of rows already handed out.
    pub(super) keys: Arc<Keys>,
    lock: PhantomData<fn() -> L>,
}

impl<M: Described, T: Item<Model = M>, L> Yields<M> for Rows<T, L> {
    type Item = T;
    type Of<U: Item<Model = M>> = Rows<U, L>;
    type Locked = Rows<T, Locked>;

    const SEAL: Seal = Seal;

    fn locked(self) -> Self::Locked {
        Rows::of(self.batch, self.keys)
    }

    fn nothing() -> Self {
        Self::of(Vec::new().into_iter(), Arc::new(Keys::new(0)))
    }
}

impl<T, L> Rows<T, L> {
    /// Creates the rows of a batch with their keys.
    pub(super) const fn of(batch: vec::IntoIter<T>, keys: Arc<Keys>) -> Self {
        Self { batch, keys, lock: PhantomData }
    }

    /// Returns the key of the row that was handed out last.
    pub(super) fn position(&self) -> Option<&[RawValue]> {
        let handed_out = self.keys.len() - self.batch.len();
        Some(self.keys.get(handed_out.checked_sub(1)?))
    }
}

/// The batches that a [`BatchIter`](crate::BatchIter) yields.
pub struct Batches<T, L = Unlocked>(PhantomData<fn() -> (T, L)>);

impl<M: Described, T: Item<Model = M>, L> Yields<M> for Batches<T, L> {
    type Item = T;
    type Of<U: Item<Model = M>> = Batches<U, L>;
    type Locked = Batches<T, Locked>;

    const SEAL: Seal = Seal;

    fn locked(self) -> Self::Locked {
        Batches(PhantomData)
    }

    fn nothing() -> Self {
        Self(PhantomData)
    }
}
