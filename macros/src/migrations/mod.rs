//! Marks that are held against migrations, when compiling.

#[cfg(feature = "migrations")]
mod claims;
#[cfg(feature = "migrations")]
mod dialect;
#[cfg(feature = "migrations")]
mod hold;
#[cfg(any(test, not(feature = "migrations")))]
mod off;
#[cfg(feature = "migrations")]
mod replayed;

#[cfg(feature = "migrations")]
pub(crate) use hold::hold;
#[cfg(not(feature = "migrations"))]
pub(crate) use off::hold;
