//! Everything that can go wrong, in words that name model, column and value.

mod reasons;
mod text;

use std::{borrow::Cow, sync::Arc};

use sqlx::error::BoxDynError;
use sqlx_chunked_proof::Fault;

pub use reasons::{CursorMismatch, PartMismatch, TokenError};

/// The reason why a batch could not be read.
///
/// Nothing is lost by an error: the next poll asks for the same batch again.
///
/// The text of an error does not repeat its [`source`](std::error::Error::source). Print the whole
/// chain, as `anyhow` does with `{error:#}`, to see what the database said.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The database refused the query, or could not be reached.
    Query {
        /// The model's name.
        model: &'static str,
        /// The model's table.
        table: Cow<'static, str>,
        /// The error that sqlx reported.
        source: sqlx::Error,
        /// Advice, if the cause is a known one.
        hint: Option<&'static str>,
    },

    /// The database refused to write rows, to begin a transaction or to commit it.
    ///
    /// The batch was rolled back, or never begun, and the next poll does it again. In a transaction
    /// of the program's own, PostgreSQL refuses all further statements after some errors: roll that
    /// back first.
    Write {
        /// The model's name.
        model: &'static str,
        /// The model's table.
        table: Cow<'static, str>,
        /// The error that sqlx reported.
        source: sqlx::Error,
        /// Advice, if the cause is a known one.
        hint: Option<&'static str>,
    },

    /// COMMIT was sent, but its answer was lost: nobody knows whether the batch was written.
    ///
    /// Every further poll gives this error again. To go on, find out by the data whether the batch
    /// was written, and begin a new iteration there.
    CommitUnknown {
        /// The model's name.
        model: &'static str,
        /// The model's table.
        table: Cow<'static, str>,
        /// The error that sqlx reported.
        source: Arc<sqlx::Error>,
    },

    /// The program's own transaction, in which batches were written, is over: the database ended it at
    /// an error. None of its batches is written.
    ///
    /// Every further poll gives this error again: a batch would be written outside of any
    /// transaction. Roll back, and begin anew.
    TransactionEnded {
        /// The model's name.
        model: &'static str,
        /// The model's table.
        table: Cow<'static, str>,
    },

    /// A batch was asked for while the transaction of the one before it is open.
    ///
    /// Commit it or roll it back, or drop it; then poll again.
    StillOpen {
        /// The model's name.
        model: &'static str,
    },

    /// More rows were written than the [`limit`](crate::Iteration::limit) left, again and again. The
    /// batch was rolled back.
    OverLimit {
        /// The model's name.
        model: &'static str,
        /// The model's table.
        table: Cow<'static, str>,
    },

    /// The table of [checkpoints](crate::Checkpoints) cannot be read or written.
    Checkpoints {
        /// The name of the table.
        table: String,
        /// The error that sqlx reported.
        source: sqlx::Error,
        /// What to do about it, if that is known.
        hint: Option<&'static str>,
    },

    /// The position that is saved in a [checkpoint](crate::Checkpoints::open) is not one of the model.
    Checkpoint {
        /// The model's name.
        model: &'static str,
        /// The name of the checkpoint.
        name: String,
        /// The reason why it is not.
        source: TokenError,
    },

    /// A [checkpoint](crate::Checkpoint) was opened by another process since, or removed.
    ///
    /// Roll back what is not committed, and stop: the other one goes on from the position that was
    /// saved last.
    Overtaken {
        /// The name of the checkpoint.
        name: String,
        /// The table of checkpoints.
        table: String,
    },

    /// The database does not bear out what a model says of its table: see
    /// [`verify`](crate::Chunked::verify).
    Unproven {
        /// The name of the model that is read.
        model: &'static str,
        /// Everything that is not borne out, each with what the database has instead and what would
        /// mend it. There is at least one.
        faults: Vec<Fault>,
    },

    /// The catalog of the database could not be asked about a table.
    Catalog {
        /// The model's name.
        model: &'static str,
        /// The model's table.
        table: Cow<'static, str>,
        /// The error that sqlx reported.
        source: sqlx::Error,
        /// What to do about it, if that is known.
        hint: Option<&'static str>,
    },

    /// A column has a value that the field's type cannot be made of.
    ///
    /// The rows before it were handed out. A program that decides to leave the row out continues
    /// after it: [`Error::cursor`].
    Decode {
        /// The model's name.
        model: &'static str,
        /// The column's name.
        column: String,
        /// The value, if it can be shown.
        value: Option<Box<str>>,
        /// The key of the row, column by column; empty if it is the key that cannot be read.
        key: Box<str>,
        /// The cursor of the row as a token, which [`Error::cursor`] reads.
        token: Option<Box<str>>,
        /// The error that the field's type reported.
        source: BoxDynError,
    },

    /// A value given to `filter`, `filter_sql`, `range` or `after` cannot be bound.
    Bind {
        /// The model's name.
        model: &'static str,
        /// The error that the value's type reported.
        source: BoxDynError,
    },

    /// [`batch_size(0)`](crate::Iteration::batch_size) was asked for.
    BatchSize {
        /// The model's name.
        model: &'static str,
    },

    /// An option was set on an iterator that had already been polled.
    Started {
        /// The model's name.
        model: &'static str,
        /// The method that was called too late.
        method: &'static str,
    },

    /// Two options contradict each other, or the model does not allow one of them.
    Option {
        /// The model's name.
        model: &'static str,
        /// The method that asked for it.
        method: &'static str,
        /// The reason, and what to do instead.
        reason: Cow<'static, str>,
    },

    /// A row's key is NULL, so that no position can be taken from it.
    NullKey {
        /// The model's name.
        model: &'static str,
        /// The field that is read from the column.
        field: &'static str,
        /// The column's name.
        column: &'static str,
    },

    /// The database sorts a key column by one rule and compares it by another.
    KeyType {
        /// The model's name.
        model: &'static str,
        /// The column's name.
        column: &'static str,
        /// The rule that does not hold.
        source: BoxDynError,
    },

    /// Two rows have the same key, although the model marks it unique.
    DuplicateKey {
        /// The model's name.
        model: &'static str,
        /// The model's table.
        table: Cow<'static, str>,
        /// The key's columns and their values.
        key: String,
        /// Another possible cause, if the model has one.
        hint: Option<&'static str>,
    },

    /// A batch begins with the row that the previous one ended with.
    NoProgress {
        /// The model's name.
        model: &'static str,
        /// The key's columns and their values.
        key: String,
    },

    /// The database sorts a row to a place where it does not find it by comparison, so that rows would
    /// be lost or repeated.
    ///
    /// This happens if a unique index has another collation than its column and admits rows that the
    /// column calls equal, or if a collation or a type sorts by one rule and compares by another.
    Order {
        /// The model's name.
        model: &'static str,
        /// The model's table.
        table: Cow<'static, str>,
        /// The key of the last row before it, column by column.
        position: String,
        /// The key of the row that would be lost or was handed out before.
        row: String,
    },

    /// A foreign key refers to a row that is not there.
    Missing {
        /// The name of the model with the foreign key.
        model: &'static str,
        /// The key's columns and their values.
        key: String,
        /// The name of the model that it refers to.
        related: &'static str,
        /// The table of that model.
        table: Cow<'static, str>,
    },

    /// A cursor does not belong to this iteration.
    Cursor {
        /// The model's name.
        model: &'static str,
        /// The part that does not fit.
        reason: CursorMismatch,
    },

    /// A [`Part`](crate::Part) does not belong to this iteration, or a cursor to the part.
    Part {
        /// The model's name.
        model: &'static str,
        /// What does not fit.
        reason: PartMismatch,
    },
}

impl Error {
    /// Returns whether the server has not answered, so that its answer may still come.
    pub(crate) fn is_unanswered(&self) -> bool {
        match self {
            Self::Query { source, .. } | Self::Write { source, .. } => {
                source.as_database_error().is_none()
            }
            _ => false,
        }
    }
}

impl std::error::Error for Error {
    /// Of an error that sqlx reported, its own cause if it has one: the text of sqlx's error repeats
    /// that.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Query { source, .. }
            | Self::Write { source, .. }
            | Self::Catalog { source, .. }
            | Self::Checkpoints { source, .. } => source.source().or(Some(source)),
            Self::Checkpoint { source, .. } => Some(source),
            Self::CommitUnknown { source, .. } => source.source().or(Some(&**source)),
            Self::Decode { source, .. }
            | Self::Bind { source, .. }
            | Self::KeyType { source, .. } => Some(&**source),
            _ => None,
        }
    }
}

/// For functions that return sqlx's error.
///
/// A refused query becomes the error that sqlx reported. Any other error is kept whole: in
/// [`Configuration`](sqlx::Error::Configuration) if it is about how the iteration was set up, in
/// [`Encode`](sqlx::Error::Encode) if it is about a value to bind, and in
/// [`Decode`](sqlx::Error::Decode) if it is about rows.
impl From<Error> for sqlx::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Query { source, .. }
            | Error::Write { source, .. }
            | Error::Catalog { source, .. }
            | Error::Checkpoints { source, .. } => source,
            Error::CommitUnknown { .. } | Error::Overtaken { .. } => {
                Self::AnyDriverError(error.into())
            }
            Error::BatchSize { .. }
            | Error::Started { .. }
            | Error::StillOpen { .. }
            | Error::Unproven { .. }
            | Error::Option { .. }
            | Error::Cursor { .. }
            | Error::Part { .. } => Self::Configuration(error.into()),
            Error::Bind { .. } => Self::Encode(error.into()),
            error => Self::Decode(error.into()),
        }
    }
}
