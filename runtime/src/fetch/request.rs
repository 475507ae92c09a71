//! Requests: the statement to send, and the rows to expect.

use std::{collections::HashSet, sync::Arc};

use crate::{
    backend::{Backend, row::AnyRow, statement::Statement, value::RawValue},
    error::{Error, PartMismatch},
    model::{Select, layout::Layout},
    position::{
        guard::bytes,
        key::Key,
        keys::{Keys, Taken},
    },
};

/// A statement, and what is known about its rows.
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
    /// Returns whether all columns are selected, whatever they are.
    pub(super) fn selects_everything(&self) -> bool {
        self.expected.kind != RowKind::Key && self.expected.key.model().select == Select::Everything
    }

    /// Returns whether a transaction must hold together what is sent.
    pub(super) fn needs_transaction(&self) -> bool {
        DB::DIALECT.splits_unnamed_statements && !self.statement.persistent
            || DB::DIALECT.learns_columns_once && self.selects_everything()
    }

    /// Makes a statement for all columns unnamed: in a transaction, a prepared statement that no
    /// longer fits the table could not be sent again.
    pub(super) fn unnamed_for_all_columns(mut self) -> Self {
        self.statement.persistent &= !self.selects_everything();
        self
    }
}

/// The facts known about the rows of a batch before they arrive.
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that is known")]
pub(crate) struct Expected {
    pub(crate) key: Key,
    /// The key of the row that the last batch ended with.
    pub(crate) position: Option<Vec<RawValue>>,
    /// True if that row itself may come.
    pub(crate) included: bool,
    /// The end of the part that is read, if there is one and it begins at the first row.
    pub(crate) edge: Option<Vec<RawValue>>,
    /// True if the position is an edge of a part.
    pub(crate) at_edge: bool,
    /// The key of the extra row that the last batch read but did not return.
    pub(crate) extra: Option<Vec<RawValue>>,
    /// The number of rows that were read before.
    pub(crate) before: u64,
    /// The maximum number of rows to hand out; an extra row is only looked at.
    pub(crate) rows: u64,
    /// The parts of the key whose NULLs the statement reports in its last columns.
    pub(crate) nulls_of: Arc<[usize]>,
    /// Columns whose values are taken as well, list by list, to find related rows by.
    pub(crate) taken: Arc<[Taken]>,
    /// The columns that are selected with their companions.
    pub(crate) companions: Arc<[usize]>,
    /// The bytes of the keys of rows that are wanted, if others come in between.
    pub(crate) only: Option<HashSet<Vec<u8>>>,
    /// The kind of the rows: those of a batch, or those related to one.
    pub(crate) kind: RowKind,
    /// True if the types of the key's columns are asked for.
    pub(crate) types_asked: bool,
    /// True if the previous statement read rows of the same batch.
    pub(crate) goes_on: bool,
    /// True if the rows before one that does not decode are a batch of their own.
    pub(crate) goes_short: bool,
    /// True if another statement is likely to follow at once, even if all rows were read.
    pub(crate) followed: bool,
}

/// The kinds of rows that a statement can read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum RowKind {
    /// The rows of a batch: sorted by their key, which no two of them share.
    Batch,
    /// Only the keys of rows, sorted.
    Key,
    /// Rows that were asked for by a list of values of the key.
    Related {
        /// True if the last column says which key of the list a row was found by.
        numbered: bool,
    },
}

impl Expected {
    /// Expects an answer to a question about a key.
    pub(crate) fn answer(key: Key) -> Self {
        Self {
            key,
            position: None,
            included: false,
            edge: None,
            at_edge: false,
            extra: None,
            before: 0,
            rows: 1,
            nulls_of: Arc::default(),
            taken: Arc::default(),
            companions: Arc::default(),
            only: None,
            kind: RowKind::Batch,
            types_asked: false,
            goes_on: false,
            goes_short: false,
            followed: true,
        }
    }

    /// Returns the key that shows whether the columns still have the types and collations of the cursor,
    /// or the part, that was given.
    pub(crate) fn given(&self) -> Option<&[RawValue]> {
        self.position.as_deref().or(self.edge.as_deref())
    }

    /// Returns the error for columns that have others by now.
    pub(super) fn outdated(&self) -> Error {
        if self.at_edge || self.edge.is_some() {
            self.key.misses_part(PartMismatch::Changed)
        } else {
            self.key.outdated()
        }
    }

    /// Compares the last key of a batch with the one before it.
    #[inline]
    pub(super) fn check_order(&self, keys: &Keys, layout: &Layout) -> Result<(), Error> {
        let (before, this) = keys.last_two();
        match before {
            None => self.check_first(this, layout),
            Some(before) if before == this => Err(self.key.duplicate(this)),
            Some(before) => self.key.check_length(before, this, layout),
        }
    }

    /// Compares the first key of a batch with the position.
    #[cold]
    fn check_first(&self, this: &[RawValue], layout: &Layout) -> Result<(), Error> {
        if let Some(given) = self.given()
            && !given.iter().zip(this).all(|(given, this)| given.fits(this))
        {
            return Err(self.outdated());
        }
        match &self.position {
            Some(position) if position == this && !self.included => Err(self.key.no_progress(this)),
            Some(position) => self.key.check_length(position, this, layout),
            None => Ok(()),
        }
    }

    /// Returns whether a row is wanted.
    #[inline]
    pub(super) fn wants(&self, key: &[RawValue]) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&bytes(key)))
    }

    /// Checks the last columns of a row, which report NULLs in the key.
    pub(super) fn check_nulls<DB: Backend>(&self, row: AnyRow<'_, DB>) -> Result<(), Error> {
        let first = row.len().saturating_sub(self.nulls_of.len());
        for (&part, ordinal) in self.nulls_of.iter().zip(first..) {
            match row.flag(ordinal) {
                Ok(false) => {}
                Ok(true) => return Err(self.key.null(self.key.order[part].column)),
                Err(source) => return Err(self.key.refused::<DB>(sqlx::Error::Decode(source))),
            }
        }
        Ok(())
    }

    /// Returns the number of columns after the companions.
    pub(super) fn further(&self) -> usize {
        match self.kind {
            RowKind::Batch | RowKind::Key => self.nulls_of.len(),
            RowKind::Related { numbered } => usize::from(numbered),
        }
    }
}
