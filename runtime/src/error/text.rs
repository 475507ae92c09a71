//! The text of each error.

use std::fmt;

use super::Error;

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
