//! The tools that the cases are written with.

mod database;
mod entry;
mod keyed;
mod random;
mod table;
mod types;
mod walk;

pub(crate) use database::{TestDatabase, run};
pub(crate) use entry::Entry;
pub(crate) use keyed::{Key, Keyed};
pub(crate) use random::Random;
pub(crate) use table::{Column, Table};
pub(crate) use types::{EntryId, Level, Real, Single, Stage, Word};
pub(crate) use walk::{Filter, Order, Walk};

/// Makes the cases of a file tests, each on its own database, by the `test!` of its binary.
macro_rules! tests {
    ($($case:ident),+ $(,)?) => {
        mod tests {
            $(test! { $case, super::$case })+
        }
    };
}
