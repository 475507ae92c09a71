//! The items that an iteration hands out: models, alone or with what is related to them.

use crate::{model::Described, seal::Seal, tuples::tuples};

/// The item that an iteration hands out for a row: a model, or a tuple of a model and its related
/// rows, as [`with_one`](crate::Iteration::with_one) and similar methods add them.
pub trait Item: Sized + Send + 'static {
    /// The model whose rows are read in batches.
    type Model: Described;

    #[doc(hidden)]
    const SEAL: Seal;
}

impl<M: Described> Item for M {
    type Model = M;

    const SEAL: Seal = Seal;
}

/// An [`Item`] with room for related rows of type `V`.
#[diagnostic::on_unimplemented(
    message = "an iteration has at most 8 relations",
    label = "this is the ninth"
)]
pub trait Append<V>: Item {
    /// The item with its related rows.
    type With: Item<Model = Self::Model>;

    #[doc(hidden)]
    fn append(self, value: V) -> Self::With;
}

impl<M: Described, V: Send + 'static> Append<V> for M {
    type With = (M, V);

    fn append(self, value: V) -> (M, V) {
        (self, value)
    }
}

impl<M: Described, V: Send + 'static> Item for (M, V) {
    type Model = M;

    const SEAL: Seal = Seal;
}

/// The items with some relations, and the items that an extra relation makes of them.
macro_rules! items {
    (() $last:ident) => {};
    (($($part:ident)+) $last:ident) => {
        #[allow(non_snake_case)]
        impl<M: Described, $($part: Send + 'static,)+ $last: Send + 'static> Append<$last>
            for (M, $($part),+)
        {
            type With = (M, $($part,)+ $last);

            fn append(self, value: $last) -> Self::With {
                let (row, $($part),+) = self;
                (row, $($part,)+ value)
            }
        }

        impl<M: Described, $($part: Send + 'static,)+ $last: Send + 'static> Item
            for (M, $($part,)+ $last)
        {
            type Model = M;

            const SEAL: Seal = Seal;
        }
    };
}

tuples! { items }
