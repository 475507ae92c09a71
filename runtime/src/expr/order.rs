//! Orders: the columns of a key, with their directions.

use std::{fmt, marker::PhantomData};

use super::unique::{Appended, Judge, NoTies, Then};
use crate::backend::dialect::Direction;

/// An order of the rows of `M`, made by [`Column::asc`](crate::Column::asc) and
/// [`Column::desc`](crate::Column::desc), and extended by [`then`](Self::then).
///
/// `K` is the tuple of the columns' types, and `L` the list of the columns. Only an order without
/// ties can be iterated, because rows that tie at the end of a batch would be skipped.
#[must_use = "an order has no effect unless it is returned from the closure of `order_by`"]
pub struct Order<M, K, L> {
    pub(crate) sorts: Vec<Sort>,
    types: PhantomData<fn() -> (M, K, L)>,
}

impl<M, K, L> Order<M, K, L> {
    pub(crate) fn new(sorts: Vec<Sort>) -> Self {
        Self { sorts, types: PhantomData }
    }

    /// Breaks ties by another column: `e.headline.asc().then(e.id.asc())`.
    ///
    /// The order is unique once it contains a unique NOT NULL column, or every column of a declared
    /// `unique(…)` set or of the primary key, all NOT NULL. Positions do not matter, and others may
    /// come between them. Later columns cannot matter, and are left out of the SQL.
    pub fn then<N>(
        self,
        next: N,
    ) -> Order<M, <K as Appended<N::KeyPart>>::Output, Then<L, N::Column>>
    where
        N: SortedColumn<M>,
        K: Appended<N::KeyPart>,
    {
        let Self { mut sorts, .. } = self;
        sorts.push(next.into_sort());
        Order::new(sorts)
    }
}

/// A column with its direction: an order of one column.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`then` takes one column of `{M}` with its direction",
    label = "expected one column and its direction",
    note = "help: say it for each column: `.then(e.author_id.asc()).then(e.id.desc())`"
)]
pub trait SortedColumn<M> {
    type KeyPart;
    type Column;

    fn into_sort(self) -> Sort;
}

impl<M, T, C> SortedColumn<M> for Order<M, (T,), Then<(), C>> {
    type KeyPart = T;
    type Column = C;

    fn into_sort(self) -> Sort {
        self.sorts[0]
    }
}

impl<M, K, L> Order<M, K, L> {
    /// The same order as a value of one type, whatever its columns: for a choice at run time.
    ///
    /// ```
    /// # use sqlx_chunked::Chunked;
    /// # #[derive(Chunked)]
    /// # #[chunked(table = "entries")]
    /// # struct Entry { #[chunk_key] #[chunked(primary_key)] id: i64, name: String }
    /// # fn sorted(pool: sqlx::SqlitePool, by: &str) {
    /// Entry::iter(&pool).order_by(|e| match by {
    ///     "name" => e.name.asc().then(e.id.asc()).boxed(),
    ///     _ => e.id.desc().boxed(),
    /// });
    /// # }
    /// ```
    ///
    /// Only an order in which no two rows tie can be boxed, and no [`range`](crate::Iteration::range)
    /// can be taken of it.
    pub fn boxed(self) -> BoxedOrder<M>
    where
        L: Judge<M>,
        L::Verdict: NoTies<M>,
    {
        BoxedOrder { sorts: self.sorts, model: PhantomData }
    }
}

/// An order that was chosen at run time, made by [`Order::boxed`].
#[must_use = "an order has no effect unless it is returned from the closure of `order_by`"]
pub struct BoxedOrder<M> {
    sorts: Vec<Sort>,
    model: PhantomData<fn() -> M>,
}

/// The key type of a [`BoxedOrder`], of which no range can be taken.
#[derive(Debug)]
pub enum BoxedKey {}

impl<M> UniqueOrder<M> for BoxedOrder<M> {
    type Key = BoxedKey;

    fn into_sorts(self) -> Vec<Sort> {
        self.sorts
    }
}

impl<M> fmt::Debug for BoxedOrder<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BoxedOrder").field(&self.sorts).finish()
    }
}

impl<M, K, L> fmt::Debug for Order<M, K, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Order").field(&self.sorts).finish()
    }
}

/// One column of an order: an index into the model's columns, and its direction.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: usize,
    pub direction: Direction,
}

/// An order in which no two rows of `M` are equal.
#[diagnostic::on_unimplemented(
    message = "`order_by` takes an order of `{M}`",
    label = "this does not say which way the rows go",
    note = "help: say it for each column: `|e| e.id.asc()`, or `|e| e.author_id.asc().then(e.id.desc())` for several"
)]
pub trait UniqueOrder<M> {
    /// The types of the columns, as a tuple.
    type Key;

    #[doc(hidden)]
    fn into_sorts(self) -> Vec<Sort>;
}

impl<M, K, L> UniqueOrder<M> for Order<M, K, L>
where
    L: Judge<M>,
    L::Verdict: NoTies<M>,
{
    type Key = K;

    fn into_sorts(self) -> Vec<Sort> {
        self.sorts
    }
}
