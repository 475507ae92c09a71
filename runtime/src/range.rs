//! Ranges over the key of an order: what `range` takes, as predicates.

use std::ops::{Bound, RangeBounds};

use sqlx::{Encode, Type};

use crate::{
    backend::Backend,
    order::Sort,
    predicate::{Node, Operator},
    value::Bind,
};

/// The key type of an order without nullable columns: `(T,)` for one column, whose bounds are
/// `T`s, and the flat tuple of the columns' types for several.
pub trait RangeKey<DB: Backend> {
    /// What a bound is: a `T`, or a tuple.
    type Bound;

    #[doc(hidden)]
    fn values(bound: &Self::Bound) -> Vec<Box<dyn Bind<DB>>>;
}

impl<DB, T> RangeKey<DB> for (T,)
where
    DB: Backend,
    T: for<'q> Encode<'q, DB> + Type<DB> + Clone + Send + 'static,
{
    type Bound = T;

    fn values(bound: &T) -> Vec<Box<dyn Bind<DB>>> {
        vec![Box::new(bound.clone())]
    }
}

macro_rules! range_keys {
    ($(($($part:ident),+))+) => {$(
        impl<DB, $($part),+> RangeKey<DB> for ($($part),+)
        where
            DB: Backend,
            $($part: for<'q> Encode<'q, DB> + Type<DB> + Clone + Send + 'static,)+
        {
            type Bound = Self;

            #[allow(non_snake_case)]
            fn values(($($part),+): &Self) -> Vec<Box<dyn Bind<DB>>> {
                vec![$(Box::new($part.clone())),+]
            }
        }
    )+};
}

range_keys! {
    (A, B)
    (A, B, C)
    (A, B, C, D)
    (A, B, C, D, E)
    (A, B, C, D, E, F)
    (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H)
}

/// The conditions that hold in a range, in value order whatever the directions of the order.
pub(crate) fn predicates<K, DB>(
    order: &[Sort],
    range: &impl RangeBounds<K::Bound>,
) -> impl Iterator<Item = Node<DB>>
where
    DB: Backend,
    K: RangeKey<DB>,
{
    let end = |bound, included, excluded| {
        let (operator, bound) = match bound {
            Bound::Included(bound) => (included, bound),
            Bound::Excluded(bound) => (excluded, bound),
            Bound::Unbounded => return None,
        };
        let columns = order.iter().map(|sort| sort.column).collect();
        Some(Node::Bound { columns, operator, values: K::values(bound) })
    };
    let start = end(range.start_bound(), Operator::GreaterOrEqual, Operator::Greater);
    let end = end(range.end_bound(), Operator::LessOrEqual, Operator::Less);
    start.into_iter().chain(end)
}
