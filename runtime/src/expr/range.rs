//! Ranges over the key of an order, turned into predicates.

use std::ops::{Bound, RangeBounds};

use sqlx::{Encode, Type};

use super::{
    nullable::{KeyPart, Never, nulls},
    operand::Bind,
    order::Sort,
    predicate::{Node, Operator},
};
use crate::{backend::Backend, tuples::tuples};

/// The key type of an order without nullable columns: `(T,)` for one column, whose bounds are
/// `T`s, and the flat tuple of the columns' types for several.
#[diagnostic::on_unimplemented(
    message = "`range` cannot be taken of this order",
    label = "the types of its columns are not known, or not types of the database",
    note = "help: take the range of another order first, which is kept, `.range(100..).order_by(…)`, or use a filter, `.filter(|e| e.id.within(100..))`"
)]
pub trait RangeKey<DB: Backend> {
    /// The type of a bound: a `T`, or a tuple.
    type Bound;

    #[doc(hidden)]
    fn values(bound: &Self::Bound) -> Vec<Box<dyn Bind<DB>>>;
}

/// The requirement of [`RangeKey`] on an order's columns: one list, so one error for all of them.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`range` needs an order without nullable columns",
    label = "this order has a nullable column, and NULL lies in no range",
    note = "help: leave rows out by a filter, `.filter(|e| e.delay.between(10, 20))`, or take the range of another order first, which is kept: `.range(100..).order_by(…)`"
)]
pub trait NoNulls {}

impl NoNulls for () {}

#[diagnostic::do_not_recommend]
impl<L: NoNulls> NoNulls for (Never, L) {}

impl<DB, T> RangeKey<DB> for (T,)
where
    DB: Backend,
    T: KeyPart,
    T::Value: for<'q> Encode<'q, DB> + Type<DB> + Clone + Send + 'static,
    (T::Nulls, ()): NoNulls,
{
    type Bound = T::Value;

    fn values(bound: &T::Value) -> Vec<Box<dyn Bind<DB>>> {
        vec![Box::new(bound.clone())]
    }
}

macro_rules! range_keys {
    (() $last:ident) => {};
    (($($part:ident)+) $last:ident) => {
        impl<DB, $($part,)+ $last> RangeKey<DB> for ($($part,)+ $last)
        where
            DB: Backend,
            $(
                $part: KeyPart,
                $part::Value: for<'q> Encode<'q, DB> + Type<DB> + Clone + Send + 'static,
            )+
            $last: KeyPart,
            $last::Value: for<'q> Encode<'q, DB> + Type<DB> + Clone + Send + 'static,
            nulls!($($part)+ $last): NoNulls,
        {
            type Bound = ($($part::Value,)+ $last::Value);

            #[allow(non_snake_case)]
            fn values(($($part,)+ $last): &Self::Bound) -> Vec<Box<dyn Bind<DB>>> {
                vec![$(Box::new($part.clone()),)+ Box::new($last.clone())]
            }
        }
    };
}

tuples! { range_keys }

/// Returns the conditions of a range, in value order whatever the directions of the order.
pub(crate) fn predicates<'a, K, DB>(
    order: &[Sort],
    range: &'a impl RangeBounds<K::Bound>,
) -> impl Iterator<Item = Node<DB>>
where
    DB: Backend,
    K: RangeKey<DB, Bound: 'a>,
{
    ends(range).map(|(operator, bound)| {
        let columns = order.iter().map(|sort| sort.column).collect();
        Node::Bound { columns, operator, values: K::values(bound) }
    })
}

/// Returns the bounds of a range that has any, each with the operator that keeps a value inside.
pub(super) fn ends<'a, T: 'a>(
    range: &'a impl RangeBounds<T>,
) -> impl Iterator<Item = (Operator, &'a T)> {
    let end = |bound, included, excluded| match bound {
        Bound::Included(bound) => Some((included, bound)),
        Bound::Excluded(bound) => Some((excluded, bound)),
        Bound::Unbounded => None,
    };
    let start = end(range.start_bound(), Operator::GreaterOrEqual, Operator::Greater);
    let end = end(range.end_bound(), Operator::LessOrEqual, Operator::Less);
    start.into_iter().chain(end)
}
