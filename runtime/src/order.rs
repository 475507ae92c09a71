//! Orders: the columns of a key with their directions, and the proof that rows cannot tie.

use std::{fmt, marker::PhantomData};

/// An order of the rows of `M`, made by [`Column::asc`](crate::Column::asc) and
/// [`Column::desc`](crate::Column::desc).
///
/// `K` is the tuple of the columns' types, and `U` says whether rows can tie: only an order that
/// is [`Unique`] can be iterated, since rows that tie at the end of a batch would be skipped.
#[must_use = "an order does nothing until it is returned to `order_by`"]
pub struct Order<M, K, U> {
    pub(crate) sorts: Vec<Sort>,
    types: PhantomData<fn() -> (M, K, U)>,
}

impl<M, K, U> Order<M, K, U> {
    pub(crate) fn new(sort: Sort) -> Self {
        Self { sorts: vec![sort], types: PhantomData }
    }
}

impl<M, K, U> fmt::Debug for Order<M, K, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Order").field(&self.sorts).finish()
    }
}

/// No two rows are equal in this order.
#[derive(Debug)]
pub enum Unique {}

/// Rows can be equal in this order.
#[derive(Debug)]
pub enum CanTie {}

/// What a single column is as an order, by its marks.
#[doc(hidden)]
#[derive(Debug)]
pub enum Mark {}

/// The uniqueness of an order by one column: a unique mark holds for NOT NULL only, since a
/// unique constraint lets any number of NULLs in.
#[doc(hidden)]
pub trait Uniqueness<const UNIQUE: bool, const NULLABLE: bool> {
    /// [`Unique`] or [`CanTie`].
    type Order;
}

impl Uniqueness<true, false> for Mark {
    type Order = Unique;
}

impl Uniqueness<true, true> for Mark {
    type Order = CanTie;
}

impl<const NULLABLE: bool> Uniqueness<false, NULLABLE> for Mark {
    type Order = CanTie;
}

/// An order in which no two rows of `M` are equal.
#[diagnostic::on_unimplemented(
    message = "this order can tie: it contains no unique column of `{M}`",
    label = "rows that tie would be skipped",
    note = "help: order by a NOT NULL column that the table constrains to be unique, and mark its field: `#[chunked(unique)]`"
)]
pub trait UniqueOrder<M> {
    /// The types of the columns, as a tuple.
    type Key;

    #[doc(hidden)]
    fn into_sorts(self) -> Vec<Sort>;
}

impl<M, K> UniqueOrder<M> for Order<M, K, Unique> {
    type Key = K;

    fn into_sorts(self) -> Vec<Sort> {
        self.sorts
    }
}

/// One column of an order: an index into the model's columns, and its direction.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: usize,
    pub direction: Direction,
}

/// The direction of one column of an order.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    Descending,
}

impl Direction {
    pub(crate) const fn reversed(self) -> Self {
        match self {
            Self::Ascending => Self::Descending,
            Self::Descending => Self::Ascending,
        }
    }
}
