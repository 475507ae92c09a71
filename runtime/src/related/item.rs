//! The items that an iteration hands out: models, alone or with what is related to them.

use std::marker::PhantomData;

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

/// An [`Item`] to which related rows of type `V` can be added.
pub trait Append<V>: Item {
    /// The item with its related rows.
    type With: Item<Model = Self::Model>;

    #[doc(hidden)]
    fn append(self, value: V) -> Self::With;
}

/// An item with room for another relation.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an iteration has at most 8 relations",
    label = "this is the ninth",
    note = "help: load it by an iteration of its own, or join its columns: `#[chunked(join = \"JOIN …\")]`"
)]
pub trait HasRoom {}

impl<M: Described> HasRoom for M {}

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

        impl<M: Described, $($part: Send + 'static),+> HasRoom for (M, $($part),+) {}

        impl<M: Described, $($part: Send + 'static,)+ $last: Send + 'static> Item
            for (M, $($part,)+ $last)
        {
            type Model = M;

            const SEAL: Seal = Seal;
        }
    };
}

tuples! { items }

/// An item with all the relations that it can have, and another one. There is none, since
/// [`HasRoom`] is asked for first; but only because it has a type, the compiler comes to ask.
#[doc(hidden)]
#[derive(Debug)]
pub struct Full<T>(PhantomData<fn() -> T>);

impl<T: Item> Item for Full<T> {
    type Model = T::Model;

    const SEAL: Seal = Seal;
}

impl<M: Described, A, B, C, D, E, F, G, H, V> Append<V> for (M, A, B, C, D, E, F, G, H)
where
    Self: Item<Model = M>,
{
    type With = Full<Self>;

    fn append(self, _: V) -> Full<Self> {
        Full(PhantomData)
    }
}
