//! Relations, and how the rows that they load are added to those of a batch.

use futures_core::future::BoxFuture;

use super::item::Append;
use crate::{
    backend::Backend,
    error::Error,
    fetch::connector::Connector,
    model::table::Table,
    position::keys::{Keys, Taken},
};

/// A relation, which loads a value for every row of a batch.
pub(crate) trait Relation<DB: Backend>: Send + 'static {
    type Value: Send + 'static;

    /// Returns the columns of the batch's model whose values tell which rows are related.
    fn columns(&self) -> Taken;

    /// Sets the table that the rows of the batch are read from.
    fn set_table(&mut self, table: &Table);

    /// Returns the tables that related rows are read from.
    fn tables(&self) -> Vec<Table>;

    /// Loads what is related to rows with these values, in their order.
    fn load(
        &mut self,
        connector: &mut Connector<'_, DB>,
        values: &Keys,
    ) -> impl Future<Output = Result<Vec<Self::Value>, Error>> + Send;
}

/// All relations of an iteration, which turn the rows of `M` into the items `T`.
pub(crate) trait Load<M, DB: Backend, T>: Send {
    /// Returns the columns whose values each relation needs.
    fn columns(&self) -> Vec<Taken>;

    /// Sets the table that the rows are read from.
    fn set_table(&mut self, table: &Table);

    /// Returns the tables that related rows are read from.
    fn tables(&self) -> Vec<Table>;

    /// Loads what is related to the rows of a batch with these values.
    fn load<'a>(
        &'a mut self,
        connector: &'a mut Connector<'_, DB>,
        values: &'a [Keys],
    ) -> BoxFuture<'a, Result<Assemble<M, T>, Error>>;
}

/// Puts what was loaded next to the rows of its batch.
pub(crate) type Assemble<M, T> = Box<dyn FnOnce(Vec<M>) -> Vec<T> + Send>;

/// No relations.
pub(crate) struct Unrelated;

impl<M: Send + 'static, DB: Backend> Load<M, DB, M> for Unrelated {
    fn columns(&self) -> Vec<Taken> {
        Vec::new()
    }

    fn set_table(&mut self, _: &Table) {}

    fn tables(&self) -> Vec<Table> {
        Vec::new()
    }

    fn load<'a>(
        &'a mut self,
        _: &'a mut Connector<'_, DB>,
        _: &'a [Keys],
    ) -> BoxFuture<'a, Result<Assemble<M, M>, Error>> {
        Box::pin(async { Ok(Box::new(|rows| rows) as Assemble<M, M>) })
    }
}

/// Some relations, and an extra one.
pub(crate) struct Appended<M, DB: Backend, T, R> {
    others: Box<dyn Load<M, DB, T>>,
    relation: R,
    /// The number of the others, which is also the place of the values that this one needs.
    place: usize,
}

impl<M, DB: Backend, T, R> Appended<M, DB, T, R> {
    pub(crate) fn new(others: Box<dyn Load<M, DB, T>>, relation: R) -> Self {
        let place = others.columns().len();
        Self { others, relation, place }
    }
}

impl<M, DB, T, R> Load<M, DB, T::With> for Appended<M, DB, T, R>
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

    fn set_table(&mut self, table: &Table) {
        self.others.set_table(table);
        self.relation.set_table(table);
    }

    fn tables(&self) -> Vec<Table> {
        let mut tables = self.others.tables();
        tables.extend(self.relation.tables());
        tables
    }

    fn load<'a>(
        &'a mut self,
        connector: &'a mut Connector<'_, DB>,
        values: &'a [Keys],
    ) -> BoxFuture<'a, Result<Assemble<M, T::With>, Error>> {
        Box::pin(async move {
            let others = self.others.load(connector, values).await?;
            let related = self.relation.load(connector, &values[self.place]).await?;
            Ok(Box::new(move |rows| {
                others(rows)
                    .into_iter()
                    .zip(related)
                    .map(|(row, value)| row.append(value))
                    .collect()
            }) as Assemble<M, T::With>)
        })
    }
}
