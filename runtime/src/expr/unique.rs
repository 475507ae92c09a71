//! The proof that no two rows are equal in an order.
//!
//! An order carries its columns in its type. When it is used, they are read from left to right like
//! the input of a state machine. Its states say how much of each declared `unique(…)` set has been
//! seen, and the derive generates its transitions.

use std::marker::PhantomData;

use crate::{model::Described, tuples::tuples};

/// The requirement of [`UniqueOrder`] on an order's columns.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "this order can tie: it holds neither a unique NOT NULL column of `{M}` nor all columns of a `unique(…)` set or the primary key",
    label = "rows that tie would be skipped",
    note = "help: break ties by a unique column, `.then(e.id.asc())`; a column whose field is an `Option` breaks none, even if it is marked unique"
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

/// The verdict on a list of columns as an order of `M`: [`Unique`] or [`CanTie`].
#[doc(hidden)]
pub trait Judge<M> {
    type Verdict;
}

impl<M: Described> Judge<M> for () {
    type Verdict = CanTie<M::Sets>;
}

impl<M, L, const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> Judge<M>
    for Then<L, By<UNIQUE, NULLABLE, INDEX>>
where
    L: Judge<M>,
    L::Verdict: AfterColumn<UNIQUE, NULLABLE, INDEX>,
{
    type Verdict = <L::Verdict as AfterColumn<UNIQUE, NULLABLE, INDEX>>::Verdict;
}

/// The verdict after an extra column.
#[doc(hidden)]
pub trait AfterColumn<const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize> {
    type Verdict;
}

impl<const UNIQUE: bool, const NULLABLE: bool, const INDEX: usize>
    AfterColumn<UNIQUE, NULLABLE, INDEX> for Unique
{
    type Verdict = Self;
}

impl<P, const INDEX: usize> AfterColumn<true, false, INDEX> for CanTie<P> {
    type Verdict = Unique;
}

/// A unique constraint allows any number of NULLs, so a nullable column breaks no ties.
impl<P, const UNIQUE: bool, const INDEX: usize> AfterColumn<UNIQUE, true, INDEX> for CanTie<P> {
    type Verdict = Self;
}

impl<P, const INDEX: usize> AfterColumn<false, false, INDEX> for CanTie<P>
where
    P: Advance<INDEX>,
    P::Next: SetsSeen,
    <P::Next as SetsSeen>::Complete: Choose<Unique, CanTie<P::Next>>,
{
    type Verdict = <<P::Next as SetsSeen>::Complete as Choose<Unique, CanTie<P::Next>>>::Output;
}

/// The progress of an order through the unique sets of a model, as a list `(Set, (Set, ()))`.
#[doc(hidden)]
pub trait SetsSeen {
    /// [`Yes`] if one of them is complete.
    type Complete;
}

/// The progress after a column.
#[doc(hidden)]
pub trait Advance<const INDEX: usize> {
    type Next;
}

impl SetsSeen for () {
    type Complete = No;
}

impl<const INDEX: usize> Advance<INDEX> for () {
    type Next = ();
}

impl<S, P> SetsSeen for (S, P)
where
    S: SetsSeen,
    P: SetsSeen,
    S::Complete: Choose<Yes, P::Complete>,
{
    type Complete = <S::Complete as Choose<Yes, P::Complete>>::Output;
}

impl<S: Advance<INDEX>, P: Advance<INDEX>, const INDEX: usize> Advance<INDEX> for (S, P) {
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

/// A tuple with an extra part.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an order has at most 8 columns",
    label = "this is the ninth"
)]
pub trait Appended<T> {
    type Output;
}

macro_rules! appended {
    (() $last:ident) => {};
    (($($part:ident)+) $last:ident) => {
        impl<$($part,)+ $last> Appended<$last> for ($($part,)+) {
            type Output = ($($part,)+ $last,);
        }
    };
}

tuples! { appended }
