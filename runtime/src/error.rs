//! Everything that can go wrong, in words that name model, column and value.

use std::borrow::Cow;

use sqlx::error::BoxDynError;

/// Why a batch could not be read.
///
/// Nothing is lost by an error: the next poll asks for the same batch again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database refused the query, or could not be reached.
    #[error("cannot read `{model}` from table `{table}`: {source}{}", advice(*.hint))]
    Query {
        /// The model's name.
        model: &'static str,
        /// The model's table.
        table: Cow<'static, str>,
        /// What sqlx reported.
        source: sqlx::Error,
        /// What can be done about it, if that is known.
        hint: Option<&'static str>,
    },

    /// A column's value is not one that the field's type can be made of.
    ///
    /// The rows in front of it were handed out. A program that decides to leave the row out goes on
    /// after it: [`Error::cursor`].
    #[error("cannot decode column `{column}` of `{model}`: {source}{}", place(value.as_deref(), key))]
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
        /// What the field's type reported.
        source: BoxDynError,
    },

    /// A value given to `filter`, `filter_sql`, `range` or `after` cannot be bound.
    #[error("cannot bind a value in a query for `{model}`: {source}")]
    Bind {
        /// The model's name.
        model: &'static str,
        /// What the value's type reported.
        source: BoxDynError,
    },

    /// [`batch_size(0)`](crate::Iteration::batch_size) was asked for.
    #[error("the batch size of `{model}` is 0, but a query has to read at least one row")]
    BatchSize {
        /// The model's name.
        model: &'static str,
    },

    /// An option was set on an iterator that had already been polled.
    #[error(
        "`{method}` was called on an iterator over `{model}` that had started: set it before the first poll"
    )]
    Started {
        /// The model's name.
        model: &'static str,
        /// The method that came too late.
        method: &'static str,
    },

    /// A row's key is NULL, so that no position can be taken from it.
    #[error(
        "the key column `{column}` of `{model}` holds a NULL: rows without a key cannot be read in its order; \
         leave them out with `filter(|c| c.{field}.is_not_null())`, or order by a NOT NULL column"
    )]
    NullKey {
        /// The model's name.
        model: &'static str,
        /// The field that is read from the column.
        field: &'static str,
        /// The column's name.
        column: &'static str,
    },

    /// The database orders a key column otherwise than it compares it.
    #[error("the key column `{column}` of `{model}` cannot order an iteration: {source}")]
    KeyType {
        /// The model's name.
        model: &'static str,
        /// The column's name.
        column: &'static str,
        /// What does not fit.
        source: BoxDynError,
    },

    /// Two rows have the same key, although the model marks it unique.
    #[error(
        "two rows of `{model}` have the same key, {key}: rows that tie would be skipped; \
         the columns must be unique in table `{table}`{}",
        once(*.joined)
    )]
    DuplicateKey {
        /// The model's name.
        model: &'static str,
        /// The model's table.
        table: Cow<'static, str>,
        /// Whether the model has a `join`, which may have found several rows for one.
        joined: bool,
        /// The key's columns and their values.
        key: String,
    },

    /// A batch begins with the row that the last one ended with.
    #[error(
        "no progress over `{model}`: a batch begins where the last one ended, at {key}; \
         the database does not compare the key as it orders it"
    )]
    NoProgress {
        /// The model's name.
        model: &'static str,
        /// The key's columns and their values.
        key: String,
    },

    /// The database sorts a row where it does not find it by comparison, so that rows would be lost
    /// or repeated.
    ///
    /// That is so where a unique index has another collation than its column and lets rows in that
    /// are equal to the column's, and where a collation or a type sorts by another rule than it
    /// compares by.
    #[error(
        "the database sorts `{model}` by another rule than it compares by: in the order of the \
         iteration the row with {row} comes after the one with {position}, but it is not found there; \
         the columns must be unique in table `{table}` by their own collation, or order by others"
    )]
    Order {
        /// The model's name.
        model: &'static str,
        /// The model's table.
        table: Cow<'static, str>,
        /// The key of the last row in front, column by column.
        position: String,
        /// The key of the row that would be lost or was handed out before.
        row: String,
    },

    /// A foreign key refers to a row that is not there.
    #[error(
        "`{model}` refers to a row of `{related}` by {key}, but table `{table}` has none; \
         where it may be missing, use `with_optional`, or leave it out by a filter"
    )]
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

    /// A cursor that does not belong to this iteration.
    #[error("this cursor does not fit the iteration over `{model}`: {reason}")]
    Cursor {
        /// The model's name.
        model: &'static str,
        /// What does not fit.
        reason: &'static str,
    },
}

/// Why a token is not the cursor of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// It is not a token at all, or part of it is missing or changed.
    #[error("the cursor token is damaged: it has to be passed on exactly as it was given out")]
    Damaged,
    /// It was made by a version of this crate with another format.
    #[error(
        "the cursor token has format {0}, but this version of sqlx-chunked reads format 2: begin anew"
    )]
    Version(u8),
    /// It was made for another table than that of this model.
    #[error("the cursor token was made for another table than that of `{0}`")]
    Model(&'static str),
    /// It was made for an order by a column that the model does not have.
    #[error("the cursor token was made for an order by a column that `{0}` does not have")]
    Column(&'static str),
    /// It was made on a database whose feature is not enabled.
    #[error("the cursor token was made on a database whose feature of sqlx-chunked is not enabled")]
    Database,
}

/// Where a value stands, as far as it is known.
fn place(value: Option<&str>, key: &str) -> String {
    match (value, key) {
        (None, "") => String::new(),
        (Some(value), "") => format!("; its value is {value}"),
        (None, key) => format!("; it is in the row with {key}"),
        (Some(value), key) => format!("; its value is {value}, in the row with {key}"),
    }
}

/// What can be done about an error.
fn advice(hint: Option<&str>) -> String {
    hint.map(|hint| format!("; help: {hint}")).unwrap_or_default()
}

/// What a join must do beside.
const fn once(joined: bool) -> &'static str {
    if joined { ", and the `join` must find one row at most for each of its rows" } else { "" }
}
