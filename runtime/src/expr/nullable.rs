//! Types for columns that may be NULL: the types of their values, and whether they fit in a range.

use std::marker::PhantomData;

/// The type of a column's values and its part of a key, derived from the field's type.
///
/// `NULLABLE` is judged on the literal field type, so an alias of `Option` counts as one.
#[doc(hidden)]
pub trait ColumnType<const NULLABLE: bool> {
    /// The type of a value that is not NULL.
    type Value;
    /// The type that the column adds to the key type of an order.
    type KeyPart;
    /// [`Possible`] if there can be NULLs, [`Never`] if not.
    type Nulls;
}

impl<T> ColumnType<false> for T {
    type Value = T;
    type KeyPart = T;
    type Nulls = Never;
}

impl<T> ColumnType<true> for Option<T> {
    type Value = T;
    type KeyPart = Nullable<T>;
    type Nulls = Possible;
}

/// The part of a nullable column in an order's key type; `range` does not accept it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Nullable<T>(PhantomData<fn() -> T>);

/// A part of an order's key type, for `range`: its values, and whether there are NULLs among them.
///
/// [`Nullable`] is not `Clone`, which keeps the two impls apart.
#[doc(hidden)]
pub trait KeyPart {
    type Value;
    type Nulls;
}

impl<T: Clone> KeyPart for T {
    type Value = T;
    type Nulls = Never;
}

impl<T> KeyPart for Nullable<T> {
    type Value = T;
    type Nulls = Possible;
}

/// There are no NULLs.
#[doc(hidden)]
#[derive(Debug)]
pub enum Never {}

/// There can be NULLs.
#[doc(hidden)]
#[derive(Debug)]
pub enum Possible {}

/// Lists, as a type, whether there are NULLs in each of several parts.
macro_rules! nulls {
    () => { () };
    ($part:ident $($rest:ident)*) => {
        ($part::Nulls, $crate::expr::nullable::nulls!($($rest)*))
    };
}
pub(crate) use nulls;
