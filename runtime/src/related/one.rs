//! At most one row for each key: `with_one`, `with_optional`, and the far side of
//! `with_many_through`.

use std::sync::Arc;

use super::{
    distinct::{ByKey, Comparison, Distinct},
    lookup::{Answers, Lookup},
    relation::Relation,
};
use crate::{
    backend::{Backend, value::RawValue},
    error::Error,
    fetch::{connector::Connector, fetched::Fetched},
    model::{Model, table::Table},
    position::{
        key::Key,
        keys::{Keys, Taken},
    },
};

/// The row that a foreign key refers to.
pub(crate) struct One<R, DB: Backend> {
    pub(crate) reference: Reference<R, DB>,
}

/// The row that a foreign key refers to, if the key is not NULL and the row exists.
pub(crate) struct Optional<R, DB: Backend> {
    pub(crate) reference: Reference<R, DB>,
}

/// A foreign key of a model, and how the rows that it refers to are found.
pub(crate) struct Reference<R, DB: Backend> {
    pub(crate) model: &'static Model,
    pub(crate) columns: Box<[usize]>,
    pub(crate) rows: Lookup<R, DB>,
}

impl<R: Send + Sync + 'static, DB: Backend> Relation<DB> for One<R, DB> {
    type Value = Arc<R>;

    fn columns(&self) -> Taken {
        Taken::References(self.reference.columns.clone())
    }

    fn set_table(&mut self, table: &Table) {
        self.reference.rows.follow(table);
    }

    fn tables(&self) -> Vec<Table> {
        vec![self.reference.rows.table.clone()]
    }

    async fn load(
        &mut self,
        connector: &mut Connector<'_, DB>,
        values: &Keys,
    ) -> Result<Vec<Arc<R>>, Error> {
        self.reference.all(connector, values).await
    }
}

impl<R: Send + Sync + 'static, DB: Backend> Relation<DB> for Optional<R, DB> {
    type Value = Option<Arc<R>>;

    fn columns(&self) -> Taken {
        Taken::References(self.reference.columns.clone())
    }

    fn set_table(&mut self, table: &Table) {
        self.reference.rows.follow(table);
    }

    fn tables(&self) -> Vec<Table> {
        vec![self.reference.rows.table.clone()]
    }

    async fn load(
        &mut self,
        connector: &mut Connector<'_, DB>,
        values: &Keys,
    ) -> Result<Vec<Option<Arc<R>>>, Error> {
        self.reference.any(connector, values).await
    }
}

impl<R: Send + Sync + 'static, DB: Backend> Reference<R, DB> {
    /// Returns the row that each key refers to, which must exist.
    pub(super) async fn all(
        &mut self,
        connector: &mut Connector<'_, DB>,
        values: &Keys,
    ) -> Result<Vec<Arc<R>>, Error> {
        let rows = self.any(connector, values).await?;
        let missing = |key: &[RawValue]| Error::Missing {
            model: self.model.name,
            key: self.model.describe(self.columns.iter().copied(), key),
            related: self.rows.table.model.name,
            table: self.rows.table.to_cow(),
        };
        rows.into_iter()
            .zip(values.iter())
            .map(|(row, key)| row.ok_or_else(|| missing(key)))
            .collect()
    }

    /// Returns the row that each key refers to, if there is one.
    async fn any(
        &mut self,
        connector: &mut Connector<'_, DB>,
        values: &Keys,
    ) -> Result<Vec<Option<Arc<R>>>, Error> {
        let Distinct { keys, of_rows } = Distinct::of(values);
        let mut rows = OneEach::of(&keys, self.rows.key());
        self.rows.find(connector, &keys, &mut rows).await?;
        Ok(of_rows.into_iter().map(|key| rows.found[key?].clone()).collect())
    }
}

/// The row of each key, if there is one.
struct OneEach<'k, R> {
    /// Sorted by their bytes.
    keys: &'k [&'k [RawValue]],
    found: Vec<Option<Arc<R>>>,
    /// The rows that were read, unless each has the bytes of the key that it was found by. A key may
    /// share a row that was read for another one.
    rows: ByKey<Arc<R>>,
    /// The key that the rows are told apart by.
    key: Key,
}

impl<'k, R> OneEach<'k, R> {
    fn of(keys: &'k [&'k [RawValue]], key: Key) -> Self {
        Self { keys, found: vec![None; keys.len()], rows: ByKey::new(), key }
    }

    /// Takes the row of a key, of which there must be no other.
    fn answer(&mut self, index: usize, key: &[RawValue], row: Arc<R>) -> Result<(), Error> {
        match self.found[index].replace(row) {
            None => Ok(()),
            Some(_) => Err(self.key.duplicate(key)),
        }
    }
}

impl<R> Answers<R> for OneEach<'_, R> {
    fn add_numbered(&mut self, rows: Fetched<R>, asked: &[usize]) -> Result<(), Error> {
        let mut comparison = Comparison::default();
        let mut others = Vec::new();
        let found = rows.rows.into_iter().zip(rows.keys.iter()).zip(rows.key_indices);
        for ((row, key), index) in found {
            let index = asked[index];
            if self.rows.is_empty() && comparison.compare(self.keys[index], key).is_eq() {
                self.answer(index, key, Arc::new(row))?;
            } else {
                others.push((row, key, index));
            }
        }
        for (row, key, index) in others {
            let same = self.keys.binary_search_by(|own| comparison.compare(own, key));
            let shared = same.ok().and_then(|same| self.found[same].clone());
            let row = self.rows.get_or_insert_with(key, || shared.unwrap_or_else(|| Arc::new(row)));
            let row = Arc::clone(row);
            self.answer(index, key, row)?;
        }
        Ok(())
    }

    fn add_by_bytes(&mut self, rows: Fetched<R>, asked: &[usize]) -> Result<Vec<usize>, Error> {
        let mut seen = ByKey::new();
        for (row, key) in rows.rows.into_iter().zip(rows.keys.iter()) {
            self.rows.get_or_insert_with(key, || Arc::new(row));
            if seen.insert(key, ()).is_some() {
                return Err(self.key.duplicate(key));
            }
        }
        let open = asked.iter().copied().filter(|&index| {
            self.found[index] = self.rows.get(self.keys[index]).cloned();
            self.found[index].is_none()
        });
        Ok(open.collect())
    }

    fn is_open(&self, key: usize) -> bool {
        self.rows.may_have(self.keys[key])
    }
}
