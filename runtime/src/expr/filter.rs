//! Conditions on rows: typed, or written by the program itself.

use sqlx::QueryBuilder;

use super::predicate::Node;
use crate::backend::Backend;

/// A condition that every row must meet.
pub(crate) enum Filter<DB: Backend> {
    Typed(Node<DB>),
    Sql(PushedSql<DB>),
}

/// Returns whether the filters leave out all rows with a NULL in a column.
pub(crate) fn leave_out_nulls<DB: Backend>(filters: &[Filter<DB>], column: usize) -> bool {
    filters.iter().any(|filter| match filter {
        Filter::Typed(node) => node.leaves_out_nulls(column),
        Filter::Sql(_) => false,
    })
}

/// SQL that the program writes itself, with the values in it.
pub(crate) struct PushedSql<DB: Backend> {
    pub(crate) push: Box<dyn FnMut(&mut QueryBuilder<DB>) + Send>,
}

impl<DB: Backend> PushedSql<DB> {
    pub(crate) fn new<F>(push: F) -> Self
    where
        F: FnMut(&mut QueryBuilder<DB>) + Send + 'static,
    {
        Self { push: Box::new(push) }
    }
}
