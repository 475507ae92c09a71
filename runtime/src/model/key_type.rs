//! The type checker's verdict on the types of a chunk key.

use std::marker::PhantomData;

/// Asks the type checker about a field's literal type, which may be an alias.
///
/// For some types, the items of `Probe` itself hide those that [`Fallback`] has for all types.
#[doc(hidden)]
#[derive(Debug)]
pub struct Probe<T>(PhantomData<fn() -> T>);

impl<T> Probe<T> {
    #[must_use]
    #[allow(clippy::new_without_default)]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// The defaults for a type about which [`Probe`] itself says nothing.
#[doc(hidden)]
pub trait Fallback: Sized {
    const NULLABLE: bool = false;

    fn judge(self) -> Sound {
        Sound
    }
}

impl<T> Fallback for Probe<T> {}

impl<T> Probe<Option<T>> {
    pub const NULLABLE: bool = true;

    #[must_use]
    pub const fn judge(self) -> MayBeNull {
        MayBeNull
    }
}

impl Probe<f32> {
    #[must_use]
    pub const fn judge(self) -> Inexact {
        Inexact
    }
}

impl Probe<f64> {
    #[must_use]
    pub const fn judge(self) -> Inexact {
        Inexact
    }
}

/// A type that can be a key.
#[doc(hidden)]
#[derive(Debug)]
pub struct Sound;

/// A type that can be NULL.
#[doc(hidden)]
#[derive(Debug)]
pub struct MayBeNull;

/// A type that does not compare exactly.
#[doc(hidden)]
#[derive(Debug)]
pub struct Inexact;

/// A verdict that a key of type `T` cannot be NULL.
#[diagnostic::on_unimplemented(
    message = "a chunk key of type `{T}` may be NULL",
    label = "rows without a key would be lost",
    note = "help: mark a NOT NULL column `#[chunk_key]`, and give its field the type without `Option`"
)]
pub trait NotNull<T> {}

impl<T> NotNull<T> for Sound {}
impl<T> NotNull<T> for Inexact {}

/// A verdict that a key of type `T` compares exactly.
#[diagnostic::on_unimplemented(
    message = "a chunk key of type `{T}` does not compare exactly",
    label = "floats do not compare exactly",
    note = "help: mark a unique column of an integer, text, time or UUID type `#[chunk_key]`"
)]
pub trait Exact<T> {}

impl<T> Exact<T> for Sound {}
impl<T> Exact<T> for MayBeNull {}
