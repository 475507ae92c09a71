//! The options of the rows that `with_many_as` loads.

use std::{fmt, marker::PhantomData};

use sqlx::QueryBuilder;

use crate::{
    backend::Backend,
    expr::{
        filter::{Filter, PushedSql},
        order::{Order, Sort},
        predicate::Predicate,
    },
    iteration::chunked::Chunked,
    position::key::Key,
};

/// A selection of the rows of `C` that [`with_many_as`](crate::Iteration::with_many_as) loads for
/// each row, and their order.
///
/// By default, all of them, in the order of their chunk key.
#[must_use = "it has no effect unless it is returned from the closure"]
pub struct Children<C, DB: Backend> {
    pub(super) filters: Vec<Filter<DB>>,
    pub(super) order: Vec<Sort>,
    model: PhantomData<fn() -> C>,
}

impl<C: Chunked, DB: Backend> Children<C, DB> {
    pub(super) fn all() -> Self {
        let order = Key::of(C::MODEL).order.to_vec();
        Self { filters: Vec::new(), order, model: PhantomData }
    }

    /// Loads only the rows that meet a predicate, like
    /// [`Iteration::filter`](crate::Iteration::filter).
    pub fn filter(mut self, predicate: impl FnOnce(C::Columns) -> Predicate<C, DB>) -> Self {
        self.filters.push(Filter::Typed(predicate(C::columns()).node));
        self
    }

    /// Loads only the rows that meet a condition in SQL, like
    /// [`Iteration::filter_sql`](crate::Iteration::filter_sql).
    pub fn filter_sql(mut self, push: impl FnMut(&mut QueryBuilder<DB>) + Send + 'static) -> Self {
        self.filters.push(Filter::Sql(PushedSql::new(push)));
        self
    }

    /// Sets another order. It may tie, since all rows are read at once; the chunk key breaks ties.
    pub fn order_by<K, L>(mut self, order: impl FnOnce(C::Columns) -> Order<C, K, L>) -> Self {
        let mut sorts = order(C::columns()).sorts;
        for key in &*Key::of(C::MODEL).order {
            if sorts.iter().all(|sort| sort.column != key.column) {
                sorts.push(*key);
            }
        }
        self.order = Key::new(C::MODEL, sorts).order.to_vec();
        self
    }
}

impl<C: Chunked, DB: Backend> fmt::Debug for Children<C, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Children").field("model", &C::MODEL.name).finish_non_exhaustive()
    }
}
