//! What to send, and what to expect.

use std::sync::Arc;

use crate::{
    backend::{Backend, statement::Statement, value::RawValue},
    error::Error,
    model::{Select, layout::Layout},
    position::{
        key::Key,
        keys::{Keys, Taken},
    },
};

/// A statement, and what is known of its rows.
pub(crate) struct Request<DB: Backend> {
    pub(crate) statement: Statement<DB>,
    pub(crate) expected: Arc<Expected>,
}

impl<DB: Backend> Clone for Request<DB> {
    fn clone(&self) -> Self {
        let Self { statement, expected } = self;
        Self { statement: statement.clone(), expected: Arc::clone(expected) }
    }
}

impl<DB: Backend> Request<DB> {
    /// Whether all columns are selected, whichever they are.
    pub(super) fn selects_everything(&self) -> bool {
        self.expected.key.model().select == Select::Everything
    }

    /// Whether a transaction has to hold together what is sent.
    pub(super) fn needs_transaction(&self) -> bool {
        DB::DIALECT.splits_unnamed_statements && !self.statement.persistent
            || DB::DIALECT.learns_columns_once && self.selects_everything()
    }

    /// In a transaction, a prepared statement that no longer fits the table could not be sent again.
    pub(super) fn unnamed_for_all_columns(mut self) -> Self {
        self.statement.persistent &= !self.selects_everything();
        self
    }
}

/// What is known of the rows of a batch before they arrive.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is known")]
pub(crate) struct Expected {
    pub(crate) key: Key,
    /// The key of the row that the last batch ended with.
    pub(crate) position: Option<Vec<RawValue>>,
    /// Whether that row itself may come.
    pub(crate) included: bool,
    /// The key of the extra row that the last batch read but did not return.
    pub(crate) extra: Option<Vec<RawValue>>,
    /// How many rows were read before.
    pub(crate) before: u64,
    /// How many rows to hand out at most; one more is only looked at.
    pub(crate) rows: u64,
    /// The key column whose NULLs the statement reports in its last column.
    pub(crate) nulls_of: Option<usize>,
    /// Columns whose values are taken as well, list by list: what related rows are found by.
    pub(crate) taken: Arc<[Taken]>,
    /// The columns that are selected with their companions.
    pub(crate) companions: Arc<[usize]>,
    /// Whether these are the rows of a batch, or those related to one.
    pub(crate) kind: RowKind,
    /// Whether the types of the key's columns are asked for.
    pub(crate) types_asked: bool,
    /// Whether rows of the same batch were read by the statement before.
    pub(crate) goes_on: bool,
    /// Whether the rows in front of one that does not decode are a batch of their own.
    pub(crate) goes_short: bool,
    /// Whether another statement is likely to follow at once, even if all rows were read.
    pub(crate) followed: bool,
}

/// What the rows of a statement are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowKind {
    /// A batch: sorted by its key, which no two of them share.
    Batch,
    /// Rows that were asked for by a list of values of the key.
    Related {
        /// Whether the last column says which one of the list a row was found by.
        numbered: bool,
    },
}

impl Expected {
    /// An answer to a question about a key.
    pub(crate) fn answer(key: Key) -> Self {
        Self {
            key,
            position: None,
            included: false,
            extra: None,
            before: 0,
            rows: 1,
            nulls_of: None,
            taken: Arc::default(),
            companions: Arc::default(),
            kind: RowKind::Batch,
            types_asked: false,
            goes_on: false,
            goes_short: false,
            followed: true,
        }
    }

    /// Compares the last key of a batch with the one before it.
    #[inline]
    pub(super) fn check_order(&self, keys: &Keys, layout: &Layout) -> Result<(), Error> {
        let (before, this) = keys.last_two();
        let Some(before) = before.or(self.position.as_deref()) else { return Ok(()) };
        if keys.len() == 1 && !before.iter().zip(this).all(|(b, t)| b.fits(t)) {
            return Err(self.key.outdated());
        }
        if before != this || self.included && keys.len() == 1 {
            return self.key.check_length(before, this, layout);
        }
        Err(if keys.len() > 1 { self.key.duplicate(this) } else { self.key.no_progress(this) })
    }

    /// How many columns there are behind the companions.
    pub(super) fn further(&self) -> usize {
        match self.kind {
            RowKind::Batch => usize::from(self.nulls_of.is_some()),
            RowKind::Related { numbered } => usize::from(numbered),
        }
    }
}
