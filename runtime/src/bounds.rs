//! Traits that stand in signatures. Programs use them without naming them; a function that is
//! generic over what they stand for names them as its bounds.
//!
//! - [`Yields`], [`Item`], [`Append`]: functions that take rows and batches alike, with or without
//!   related rows. [`Rows`], [`Batches`] and [`Transactional`] are what implements `Yields`.
//! - [`Writable`]: functions that update or delete the rows of an iteration, which becomes what
//!   [`WritesAs`] says.
//! - [`LocksRows`], [`LocksKeys`]: functions that lock rows, on any database that can. [`HoldsLock`] is
//!   what iterations are that do, whose items are [`Locked`] rather than [`Unlocked`].
//! - [`UniqueOrder`], [`RangeKey`]: functions that take an order, or the bounds of a range.
//!   [`BoxedKey`] is the key type of an order that was chosen at run time.
//! - [`Accepts`]: functions that take a value to compare a column with.
//! - [`Referenced`], [`ForeignKey`], [`NamesColumns`]: functions that load related rows.

pub use crate::{
    backend::lock::{LocksKeys, LocksRows},
    expr::{
        operand::Accepts,
        order::{BoxedKey, UniqueOrder},
        range::RangeKey,
    },
    iteration::{
        locks::HoldsLock,
        open::Transactional,
        relations::foreign_key::{ForeignKey, NamesColumns, Referenced},
        writes::{Writable, WritesAs},
        yields::{Batches, Locked, Rows, Unlocked, Yields},
    },
    related::item::{Append, Item},
};
