//! What an iteration reads: its key, its conditions and its limits.

use sqlx::QueryBuilder;

use crate::{
    backend::Backend,
    error::Error,
    expr::predicate::Node,
    model::{Model, Select},
    position::key::Key,
};

/// Everything that an iteration was asked for, but for its filters and where it begins.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "an option each")]
pub(crate) struct Plan {
    pub(crate) key: Key,
    /// Whether the rows are read from the last to the first.
    pub(crate) backwards: bool,
    pub(crate) batch_size: usize,
    pub(crate) limit: Option<u64>,
    pub(crate) persistent: bool,
    /// Whether the batch is a page, which the next one cannot be held against.
    pub(crate) is_page: bool,
    /// How many batches to read before they are asked for.
    pub(crate) read_ahead: usize,
    /// Whether rows may be read without the driver, where that is possible.
    pub(crate) direct: bool,
}

/// A condition that every row meets.
pub(crate) enum Filter<DB: Backend> {
    Typed(Node<DB>),
    Sql(SqlFilter<DB>),
}

/// A condition that the program writes itself.
pub(crate) struct SqlFilter<DB: Backend> {
    pub(crate) push: Box<dyn FnMut(&mut QueryBuilder<DB>) + Send>,
}

impl<DB: Backend> SqlFilter<DB> {
    pub(crate) fn new<F>(push: F) -> Self
    where
        F: FnMut(&mut QueryBuilder<DB>) + Send + 'static,
    {
        Self { push: Box::new(push) }
    }
}

/// Rows a query, if `batch_size` does not say.
const BATCH_SIZE: usize = 1_000;

impl Plan {
    pub(crate) fn new(model: &'static Model) -> Self {
        Self {
            key: Key::of(model),
            backwards: false,
            batch_size: BATCH_SIZE,
            limit: None,
            persistent: true,
            is_page: false,
            read_ahead: 0,
            direct: true,
        }
    }

    /// Whether statements for the rows of a model get a name.
    pub(crate) fn is_persistent<DB: Backend>(&self, model: &Model) -> bool {
        let everything = model.select == Select::Everything;
        self.persistent && !(everything && DB::DIALECT.learns_columns_once)
    }

    /// The order that the rows are read in.
    pub(crate) fn travelled(&self) -> Key {
        if self.backwards { self.key.reversed() } else { self.key.clone() }
    }

    /// How many rows the next batch has at most, when so many have been handed out.
    pub(crate) fn next_rows(&self, handed_out: u64) -> Result<u64, Error> {
        if self.batch_size == 0 {
            return Err(Error::BatchSize { model: self.key.model.name });
        }
        let rows = u64::try_from(self.batch_size).unwrap_or(u64::MAX);
        Ok(self.left(handed_out).map_or(rows, |left| rows.min(left)))
    }

    /// How many rows the limit leaves.
    pub(crate) fn left(&self, handed_out: u64) -> Option<u64> {
        self.limit.map(|limit| limit.saturating_sub(handed_out))
    }
}
