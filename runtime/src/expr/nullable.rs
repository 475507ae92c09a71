//! Columns that may be NULL, as types: what their values are, and whether a range can hold them.

use std::marker::PhantomData;

/// What a field's type says about its column: the type of its values, and its part of a key.
///
/// `NULLABLE` is judged on the literal field type, so that an alias of `Option` counts as one.
#[doc(hidden)]
pub trait ColumnType<const NULLABLE: bool> {
    /// The type of a value that is not NULL.
    type Value;
    /// What the column adds to the key type of an order.
    type KeyPart;
    /// Whether there are NULLs.
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

/// The part of a nullable column in an order's key type; `range` does not take it.
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

/// Whether there are NULLs in each of several parts, as a list.
macro_rules! nulls {
    () => { () };
    ($part:ident $($rest:ident)*) => {
        ($part::Nulls, $crate::expr::nullable::nulls!($($rest)*))
    };
}
pub(crate) use nulls;
