//! Everything that can go wrong, in words that name model, column and value.

use std::{borrow::Cow, fmt, sync::Arc};

use sqlx::error::BoxDynError;
use sqlx_chunked_proof::Fault;

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

impl fmt::Display for Error {
    #[expect(clippy::too_many_lines, reason = "each error has a text")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Query { model, table, hint, .. } => {
                write!(f, "cannot read `{model}` from table `{table}`")?;
                hint.map_or(Ok(()), |hint| write!(f, "; help: {hint}"))
            }
            Self::Write { model, table, hint, .. } => {
                write!(f, "cannot write a batch of `{model}` in table `{table}`")?;
                hint.map_or(Ok(()), |hint| write!(f, "; help: {hint}"))
            }
            Self::CommitUnknown { model, table, .. } => write!(
                f,
                "the connection was lost while a batch of `{model}` was committed, so that it may or \
                 may not be written in table `{table}`; find out by the data, and begin a new \
                 iteration there"
            ),
            Self::TransactionEnded { model, table } => write!(
                f,
                "the transaction in which batches of `{model}` were written is over, and with it \
                 what it wrote in table `{table}`: the database ended it at an error; roll back, and \
                 begin anew"
            ),
            Self::StillOpen { model } => write!(
                f,
                "the transaction of the last batch of `{model}` is still open: commit it, roll it back \
                 or drop it before the next batch is asked for"
            ),
            Self::OverLimit { model, table } => write!(
                f,
                "a batch of `{model}` wrote more rows than the limit leaves, and was rolled back: \
                 others insert rows into table `{table}` at the same place, or the columns of the \
                 order are not unique there"
            ),
            Self::Checkpoints { table, hint, .. } => {
                write!(f, "cannot use the checkpoints in table `{table}`")?;
                hint.map_or(Ok(()), |hint| write!(f, "; help: {hint}"))
            }
            Self::Checkpoint { model, name, .. } => write!(
                f,
                "the position that is saved in checkpoint `{name}` is not one of `{model}`; open it for \
                 the model that it was saved for, or remove it to begin anew"
            ),
            Self::Overtaken { name, table } => write!(
                f,
                "checkpoint `{name}` in table `{table}` was opened by another process since, or removed: \
                 roll back what is not committed, and stop"
            ),
            Self::Unproven { model, faults } => {
                write!(f, "the database does not bear out what `{model}` says of it:")?;
                faults.iter().try_for_each(|fault| write!(f, "\n- {fault}"))
            }
            Self::Catalog { model, table, hint, .. } => {
                write!(f, "cannot ask the catalog about table `{table}` of `{model}`")?;
                hint.map_or(Ok(()), |hint| write!(f, "; help: {hint}"))
            }
            Self::Decode { model, column, value, key, .. } => {
                write!(f, "cannot decode column `{column}` of `{model}`")?;
                match (value, &**key) {
                    (None, "") => Ok(()),
                    (Some(value), "") => write!(f, "; its value is {value}"),
                    (None, key) => write!(f, "; it is in the row with {key}"),
                    (Some(value), key) => {
                        write!(f, "; its value is {value}, in the row with {key}")
                    }
                }
            }
            Self::Bind { model, .. } => {
                write!(f, "cannot bind a value in a query for `{model}`")
            }
            Self::BatchSize { model } => write!(
                f,
                "the batch size of `{model}` is 0, but a query has to read at least one row"
            ),
            Self::Started { model, method } => write!(
                f,
                "`{method}` was called on an iterator over `{model}` that had started: set it \
                 before the first poll"
            ),
            Self::Option { model, method, reason } => {
                write!(f, "`{method}` cannot be used on this iterator over `{model}`: {reason}")
            }
            Self::NullKey { model, field, column } => write!(
                f,
                "the key column `{column}` of `{model}` holds a NULL: rows without a key cannot be \
                 read in its order; leave them out with `filter(|c| c.{field}.is_not_null())`, or \
                 order by a NOT NULL column"
            ),
            Self::KeyType { model, column, .. } => {
                write!(f, "the key column `{column}` of `{model}` cannot order an iteration")
            }
            Self::DuplicateKey { model, table, key, hint } => {
                write!(
                    f,
                    "two rows of `{model}` have the same key, {key}: rows that tie would be \
                     skipped; the columns must be unique in table `{table}`"
                )?;
                hint.map_or(Ok(()), |hint| write!(f, ", and {hint}"))
            }
            Self::NoProgress { model, key } => write!(
                f,
                "no progress over `{model}`: a batch begins where the last one ended, at {key}; \
                 the database does not compare the key as it sorts it"
            ),
            Self::Order { model, table, position, row } => write!(
                f,
                "the database sorts `{model}` by another rule than it compares by: in the order of \
                 the iteration the row with {row} comes after the one with {position}, but it is \
                 not found there; the columns must be unique in table `{table}` by their own \
                 collation, or order by others"
            ),
            Self::Missing { model, key, related, table } => write!(
                f,
                "`{model}` refers to a row of `{related}` by {key}, but table `{table}` has none; \
                 if it may be missing, use `with_optional`, or leave such rows out by a filter"
            ),
            Self::Cursor { model, reason } => {
                write!(f, "this cursor does not fit the iteration over `{model}`: {reason}")
            }
            Self::Part { model, reason } => {
                write!(f, "this part does not fit the iteration over `{model}`: {reason}")
            }
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

/// The reason why a cursor does not fit an iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CursorMismatch {
    /// It was taken from another table or schema.
    #[error("it was taken from another table; give the iteration the table that the cursor has")]
    Table,
    /// It was taken in another order.
    #[error("it was taken in another order; give the iteration the order that the cursor has")]
    Order,
    /// It has too few values, too many, or a NULL for a column that has none.
    #[error("its values are not those of the order's columns")]
    Values,
    /// It was taken from another kind of database.
    #[error("the cursor was taken from another database")]
    Database,
    /// A column of its order has another type or collation by now.
    #[error(
        "the type or collation of a column of its order has changed since it was taken; begin anew"
    )]
    Changed,
}

/// The reason why a part does not fit an iteration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PartMismatch {
    /// It was cut out of another table or schema.
    #[error("it was cut out of another table; give the iteration the table that was cut")]
    Table,
    /// It was cut in another order, or in the reverse of this one.
    #[error(
        "it was cut in another order, or in its reverse; give the iteration the order of the cut"
    )]
    Order,
    /// The iteration has other filters than the one that was cut, or other values in them.
    #[error(
        "it was cut with other filters, or with other values in them; give the iteration the \
         filters of the cut, with the same values in every process"
    )]
    Filter,
    /// It has too few values, too many, or a NULL for a column that has none.
    #[error("its values are not those of the order's columns")]
    Values,
    /// It was cut on another kind of database.
    #[error("the part was cut on another database")]
    Database,
    /// A column of its order has another type or collation by now.
    #[error(
        "the type or collation of a column of its order has changed since it was cut; cut anew"
    )]
    Changed,
    /// The cursor is not in the part.
    #[error(
        "the cursor that was given is outside the part; give each part the cursor that was taken \
         in it"
    )]
    Cursor,
}

/// The reason why a token is not the cursor, or the part, of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It is not a token, or part of it is missing or changed.
    #[error("the token is damaged: pass it back exactly as you received it")]
    Damaged,
    /// It was made by a version of this crate with another format.
    #[error(
        "the token has format {0}, which this version of sqlx-chunked does not read: begin anew"
    )]
    Version(u8),
    /// It is the token of a part where that of a cursor belongs, or the reverse.
    #[error(
        "the token is of another kind: that of a part was given for a cursor, or that of a cursor \
         for a part"
    )]
    Kind,
    /// It was made for another table than that of this model.
    #[error("the token was made for another table than that of `{0}`")]
    Model(&'static str),
    /// It was made for an order by a column that the model does not have.
    #[error("the token was made for an order by a column that `{0}` does not have")]
    Column(&'static str),
    /// It was made on a database whose feature is not enabled.
    #[error("the token was made on a database whose feature of sqlx-chunked is not enabled")]
    Database,
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
