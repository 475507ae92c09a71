//! Locks on the rows that are read.

use super::Backend;

/// A lock on rows, held until the transaction ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lock {
    pub(crate) strength: Strength,
    pub(crate) wait: Wait,
}

/// What others may still do with locked rows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Strength {
    Update,
    NoKeyUpdate,
    Share,
    KeyShare,
}

/// What happens to rows that others have locked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wait {
    /// They are waited for.
    Block,
    /// They are left out.
    Skip,
    /// They are an error.
    Fail,
}

impl Lock {
    pub(crate) const fn new(strength: Strength) -> Self {
        Self { strength, wait: Wait::Block }
    }

    /// Returns the method that asks for it.
    pub(crate) const fn method(self) -> &'static str {
        match self.strength {
            Strength::Update => "for_update",
            Strength::NoKeyUpdate => "for_no_key_update",
            Strength::Share => "for_share",
            Strength::KeyShare => "for_key_share",
        }
    }
}

/// A database that locks single rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lock single rows",
    label = "this iteration reads from `{Self}`",
    note = "help: `transactional()` reads each batch in a transaction; on SQLite that is the only one that may write"
)]
pub trait LocksRows: Backend {}

/// A database that locks the keys of rows apart from the rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lock the keys of rows apart from the rows",
    label = "this iteration reads from `{Self}`",
    note = "help: use `for_update()` or `for_share()` where the database has them, or `transactional()` alone"
)]
pub trait LocksKeys: LocksRows {}

#[cfg(feature = "postgres")]
impl LocksRows for sqlx::Postgres {}

#[cfg(feature = "postgres")]
impl LocksKeys for sqlx::Postgres {}

#[cfg(feature = "mysql")]
impl LocksRows for sqlx::MySql {}
