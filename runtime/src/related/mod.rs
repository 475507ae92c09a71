//! Related rows: read after each batch, in a query for each relation, and put beside its rows.
//!
//! ```text
//! values of the batch's columns → the different ones → rows of the other model → beside each row
//! ```

mod distinct;
pub(crate) mod item;
mod lookup;
mod many;
mod one;

use futures_core::future::BoxFuture;

pub(crate) use self::{
    lookup::{Lookup, On},
    many::{Many, ManyThrough},
    one::{One, Optional, Reference},
};
use crate::{
    backend::Backend,
    error::Error,
    position::key::{Keys, Taken},
    related::item::Append,
};

/// One relation: what it loads for every row of a batch.
pub(crate) trait Relation<DB: Backend>: Send + 'static {
    type Value: Send + 'static;

    /// The columns of the batch's model whose values tell which rows are related.
    fn columns(&self) -> Taken;

    /// Loads what is related to rows with these values, in their order.
    fn load(
        &mut self,
        on: &mut On<'_, '_, DB>,
        values: &Keys,
    ) -> impl Future<Output = Result<Vec<Self::Value>, Error>> + Send;
}

/// All relations of an iteration: what makes the items `T` of the rows of `M`.
pub(crate) trait Load<M, DB: Backend, T>: Send {
    /// The columns whose values each relation needs.
    fn columns(&self) -> Vec<Taken>;

    /// Loads what is related to the rows of a batch, which has these values.
    fn load<'a>(
        &'a mut self,
        on: &'a mut On<'_, '_, DB>,
        values: &'a [Keys],
    ) -> BoxFuture<'a, Result<Join<M, T>, Error>>;
}

/// Puts what was loaded beside the rows of its batch.
pub(crate) type Join<M, T> = Box<dyn FnOnce(Vec<M>) -> Vec<T> + Send>;

/// No relations.
pub(crate) struct Unrelated;

impl<M: Send + 'static, DB: Backend> Load<M, DB, M> for Unrelated {
    fn columns(&self) -> Vec<Taken> {
        Vec::new()
    }

    fn load<'a>(
        &'a mut self,
        _: &'a mut On<'_, '_, DB>,
        _: &'a [Keys],
    ) -> BoxFuture<'a, Result<Join<M, M>, Error>> {
        Box::pin(async { Ok(Box::new(|rows| rows) as Join<M, M>) })
    }
}

/// Some relations, and one more.
pub(crate) struct And<M, DB: Backend, T, R> {
    pub(crate) others: Box<dyn Load<M, DB, T>>,
    pub(crate) relation: R,
}

impl<M, DB, T, R> Load<M, DB, T::With> for And<M, DB, T, R>
where
    M: 'static,
    DB: Backend,
    T: Append<R::Value>,
    R: Relation<DB>,
{
    fn columns(&self) -> Vec<Taken> {
        let mut columns = self.others.columns();
        columns.push(self.relation.columns());
        columns
    }

    fn load<'a>(
        &'a mut self,
        on: &'a mut On<'_, '_, DB>,
        values: &'a [Keys],
    ) -> BoxFuture<'a, Result<Join<M, T::With>, Error>> {
        Box::pin(async move {
            let Some((last, values)) = values.split_last() else { unreachable!("see `columns`") };
            let others = self.others.load(on, values).await?;
            let related = self.relation.load(on, last).await?;
            Ok(Box::new(move |rows| {
                others(rows)
                    .into_iter()
                    .zip(related)
                    .map(|(row, value)| row.append(value))
                    .collect()
            }) as Join<M, T::With>)
        })
    }
}
