//! Orders: the columns of a key with their directions, and the proof that rows cannot tie.
//!
//! An order carries its columns in its type. Where it is put to use, they are read from left to
//! right like the input of a state machine, whose states are how much of each declared
//! `unique(…)` set has been seen; the derive generates the transitions.

use std::{fmt, marker::PhantomData};

use crate::model::Chunked;

/// An order of the rows of `M`, made by [`Column::asc`](crate::Column::asc) and
/// [`Column::desc`](crate::Column::desc), and by [`then`](Self::then) for further columns.
///
/// `K` is the tuple of the columns' types, and `L` the list of the columns: only an order in which
/// no two rows tie can be iterated, since rows that tie at the end of a batch would be skipped.
#[must_use = "an order does nothing until it is returned to `order_by`"]
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
    /// The order is unique as soon as it contains a unique NOT NULL column, in any position, or
    /// every column of a declared `unique(…)` set, all NOT NULL, in declared order; others may
    /// stand between. What follows from there on cannot matter, and is left out of the SQL.
    pub fn then<T, C>(self, next: Order<M, (T,), Then<(), C>>) -> Order<M, K::Output, Then<L, C>>
    where
        K: Append<T>,
    {
        let Self { mut sorts, .. } = self;
        sorts.extend(next.sorts);
        Order::new(sorts)
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

/// An order in which no two rows of `M` are equal.
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

/// What [`UniqueOrder`] asks of an order's columns.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this order can tie: it contains no unique column of `{M}`",
    label = "rows that tie would be skipped",
    note = "help: break ties by a unique NOT NULL column: `.then(e.id.asc())`, or mark the column's field, if the table constrains it: `#[chunked(unique)]`"
)]
pub trait NoTies<M> {}

impl<M> NoTies<M> for Unique {}

/// No two rows are equal in an order.
#[doc(hidden)]
#[derive(Debug)]
pub enum Unique {}

/// Rows can be equal in an order that has come this far through the model's unique sets.
#[doc(hidden)]
pub struct CanTie<P>(PhantomData<P>);

/// The columns of an order as a list: `L`, and then the column `C`.
#[doc(hidden)]
pub struct Then<L, C>(PhantomData<(L, C)>);

/// A column in such a list.
#[doc(hidden)]
#[derive(Debug)]
pub enum By<const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> {}

/// What a list of columns is as an order of `M`: [`Unique`] or [`CanTie`].
#[doc(hidden)]
pub trait Judge<M> {
    type Verdict;
}

impl<M: Chunked> Judge<M> for () {
    type Verdict = CanTie<M::Sets>;
}

impl<M, L, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> Judge<M>
    for Then<L, By<UNIQUE, NULLABLE, INDEX>>
where
    L: Judge<M>,
    L::Verdict: And<UNIQUE, NULLABLE, INDEX>,
{
    type Verdict = <L::Verdict as And<UNIQUE, NULLABLE, INDEX>>::Verdict;
}

/// What one more column makes of a verdict.
#[doc(hidden)]
pub trait And<const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> {
    type Verdict;
}

impl<const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> And<UNIQUE, NULLABLE, INDEX>
    for Unique
{
    type Verdict = Self;
}

impl<P, const INDEX: usize> And<true, false, INDEX> for CanTie<P> {
    type Verdict = Unique;
}

/// A unique constraint lets any number of NULLs in, so that a nullable column breaks no ties.
impl<P, const UNIQUE: bool, const INDEX: usize> And<UNIQUE, true, INDEX> for CanTie<P> {
    type Verdict = Self;
}

impl<P, const INDEX: usize> And<false, false, INDEX> for CanTie<P>
where
    P: Step<INDEX>,
    P::Next: Progress,
    <P::Next as Progress>::Complete: Choose<Unique, CanTie<P::Next>>,
{
    type Verdict = <<P::Next as Progress>::Complete as Choose<Unique, CanTie<P::Next>>>::Output;
}

/// How far an order has come through the unique sets of a model, as a list `(Set, (Set, ()))`.
#[doc(hidden)]
pub trait Progress {
    /// [`Yes`] if one of them is complete.
    type Complete;
}

/// The progress after a column.
#[doc(hidden)]
pub trait Step<const INDEX: usize> {
    type Next;
}

impl Progress for () {
    type Complete = No;
}

impl<const INDEX: usize> Step<INDEX> for () {
    type Next = ();
}

impl<S, P> Progress for (S, P)
where
    S: Progress,
    P: Progress,
    S::Complete: Choose<Yes, P::Complete>,
{
    type Complete = <S::Complete as Choose<Yes, P::Complete>>::Output;
}

impl<S: Step<INDEX>, P: Step<INDEX>, const INDEX: usize> Step<INDEX> for (S, P) {
    type Next = (S::Next, P::Next);
}

/// True, as a type.
#[doc(hidden)]
#[derive(Debug)]
pub enum Yes {}

/// False, as a type.
#[doc(hidden)]
#[derive(Debug)]
pub enum No {}

/// `if self { Then } else { Else }`, in types.
#[doc(hidden)]
pub trait Choose<T, E> {
    type Output;
}

impl<T, E> Choose<T, E> for Yes {
    type Output = T;
}

impl<T, E> Choose<T, E> for No {
    type Output = E;
}

/// A tuple with one part more.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an order has at most 8 columns",
    label = "this is the ninth"
)]
pub trait Append<T> {
    type Output;
}

macro_rules! append {
    ($($($part:ident)+;)+) => {$(
        impl<$($part,)+ T> Append<T> for ($($part,)+) {
            type Output = ($($part,)+ T,);
        }
    )+};
}

append! {
    A;
    A B;
    A B C;
    A B C D;
    A B C D E;
    A B C D E F;
    A B C D E F G;
}
