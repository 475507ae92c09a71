//! Keeps other crates from implementing traits that only this one should.

/// A type that no other crate can name. A trait that has a constant of this type is sealed.
#[doc(hidden)]
#[derive(Debug)]
pub struct Seal;
