//! What the type checker says of the types of fields, which may be aliases.

use std::marker::PhantomData;

#[cfg(feature = "sqlite")]
use sqlx::{Decode, Type};

#[cfg(feature = "sqlite")]
use crate::backend::sqlite::values_only::{self, ValuesOnly};
use crate::backend::stored::ReadGeneric;

/// Asks the type checker about a field's literal type, which may be an alias: is it an `Option`, and
/// is it generic over the database? The constants of `Probe` itself hide those that [`Fallback`] has
/// for all types.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

/// The answer for a type about which [`Probe`] itself says nothing.
#[doc(hidden)]
pub trait Fallback {
    const NULLABLE: bool = false;
    const READ: Option<ReadGeneric> = None;
}

impl<T> Fallback for Probe<T> {}

impl<T> Probe<Option<T>> {
    pub const NULLABLE: bool = true;
}

#[cfg(feature = "sqlite")]
impl<T> Probe<T>
where
    T: for<'r> Decode<'r, ValuesOnly> + Type<ValuesOnly> + 'static,
{
    /// Decodes a stored value as a type that is generic over the database.
    pub const READ: Option<ReadGeneric> = Some(values_only::read::<T>);
}

/// The second impl of a type that a trait refuses, since a type cannot simply be told to have none.
///
/// In each of the traits below, `W` is the type of a literal `0`. For most types the only impl makes
/// it a `u8`. For a type with a second impl nothing does, so the literal becomes an `i32`, for which
/// neither impl is.
#[doc(hidden)]
pub trait Refused<W> {}

// A tuple, since other crates could implement the trait for a `T` of their own, and two impls, since
// the compiler would advise to use a single one.
impl<T> Refused<u16> for (T,) {}
impl<T> Refused<u32> for (T,) {}

/// A type that is not an `Option`, where the derive believes so by its spelling. This takes the
/// type checker far less than a [`Probe`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` goes by the name of a type that is never NULL",
    label = "this is an alias of `Option`",
    note = "help: write `Option<…>`, or give the alias a name of its own"
)]
pub trait NotAnOption<W> {}

#[diagnostic::do_not_recommend]
impl<T> NotAnOption<u8> for T {}
#[diagnostic::do_not_recommend]
impl<T, W> NotAnOption<W> for Option<T> where (T,): Refused<W> {}

/// The type of a chunk key that cannot be NULL.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a chunk key of type `{Self}` may be NULL",
    label = "rows without a key would be lost",
    note = "help: mark a NOT NULL column `#[chunk_key]`, and give its field the type without `Option`"
)]
pub trait NotNull<W> {}

#[diagnostic::do_not_recommend]
impl<T> NotNull<u8> for T {}
#[diagnostic::do_not_recommend]
impl<T, W> NotNull<W> for Option<T> where (T,): Refused<W> {}

/// The type of a chunk key that compares exactly.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a chunk key of type `{Self}` does not compare exactly",
    label = "floats do not compare exactly",
    note = "help: mark a unique column of an integer, text, time or UUID type `#[chunk_key]`"
)]
pub trait Exact<W> {}

#[diagnostic::do_not_recommend]
impl<T> Exact<u8> for T {}
#[diagnostic::do_not_recommend]
impl<W> Exact<W> for f32 where (Self,): Refused<W> {}
#[diagnostic::do_not_recommend]
impl<W> Exact<W> for f64 where (Self,): Refused<W> {}
