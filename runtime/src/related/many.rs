//! Any number of rows for each key: `with_many` and `with_many_through`.

use std::{collections::HashSet, sync::Arc};

use super::{
    distinct::{ByKey, Distinct, Identity},
    lookup::{Answers, Lookup},
    one::Reference,
    relation::Relation,
};
use crate::{
    backend::{Backend, value::RawValue},
    error::Error,
    fetch::{connector::Connector, fetched::Fetched},
    model::{Described, table::Table},
    position::{
        key::Key,
        keys::{Keys, Taken},
    },
};

/// The rows whose foreign key refers to a row.
pub(crate) struct Many<C, DB: Backend> {
    pub(crate) parents: Key,
    pub(crate) children: Lookup<C, DB>,
}

/// The rows that a row is linked to by a table of two foreign keys.
pub(crate) struct ManyThrough<L, R, DB: Backend> {
    pub(crate) parents: Key,
    pub(crate) links: Lookup<L, DB>,
    pub(crate) far: Reference<R, DB>,
}

impl<C: Described, DB: Backend> Relation<DB> for Many<C, DB> {
    type Value = Vec<C>;

    fn columns(&self) -> Taken {
        Taken::Keys(columns(&self.parents))
    }

    fn set_table(&mut self, table: &Table) {
        self.parents.table = table.clone();
        self.children.follow(table);
    }

    fn tables(&self) -> Vec<Table> {
        vec![self.children.table.clone()]
    }

    async fn load(
        &mut self,
        connector: &mut Connector<'_, DB>,
        values: &Keys,
    ) -> Result<Vec<Vec<C>>, Error> {
        let parents = Parents::of(&self.parents, values)?;
        let mut of_keys = groups(parents.keys.len());
        let found = self.children.each(connector, &parents.keys).await?;
        for (row, key) in found.rows.into_iter().zip(found.of_keys) {
            of_keys[key].push(row);
        }
        Ok(parents.in_order(of_keys))
    }
}

impl<L, R, DB> Relation<DB> for ManyThrough<L, R, DB>
where
    L: Described,
    R: Send + Sync + 'static,
    DB: Backend,
{
    type Value = Vec<Arc<R>>;

    fn columns(&self) -> Taken {
        Taken::Keys(columns(&self.parents))
    }

    fn set_table(&mut self, table: &Table) {
        self.parents.table = table.clone();
        self.links.follow(table);
        self.far.rows.follow(table);
    }

    fn tables(&self) -> Vec<Table> {
        vec![self.links.table.clone(), self.far.rows.table.clone()]
    }

    async fn load(
        &mut self,
        connector: &mut Connector<'_, DB>,
        values: &Keys,
    ) -> Result<Vec<Vec<Arc<R>>>, Error> {
        let parents = Parents::of(&self.parents, values)?;
        let Found { of_keys: links, taken, .. } = self.links.each(connector, &parents.keys).await?;
        let rows = self.far.all(connector, &taken).await?;
        let mut of_keys = groups(parents.keys.len());
        for (row, key) in rows.into_iter().zip(links) {
            of_keys[key].push(row);
        }
        Ok(parents.in_order(of_keys))
    }
}

fn columns(key: &Key) -> Box<[usize]> {
    key.order.iter().map(|sort| sort.column).collect()
}

fn groups<T>(count: usize) -> Vec<Vec<T>> {
    std::iter::repeat_with(Vec::new).take(count).collect()
}

/// The keys of the rows of a batch. No two are the same, unless they are NULL.
struct Parents<'k> {
    keys: Vec<&'k [RawValue]>,
    of_rows: Vec<Option<usize>>,
}

impl<'k> Parents<'k> {
    fn of(key: &Key, values: &'k Keys) -> Result<Self, Error> {
        let Distinct { keys, of_rows } = Distinct::of(values);
        let mut seen = vec![false; keys.len()];
        for index in of_rows.iter().flatten() {
            if std::mem::replace(&mut seen[*index], true) {
                return Err(key.duplicate(keys[*index]));
            }
        }
        Ok(Self { keys, of_rows })
    }

    /// Turns a list for each key into a list for each row.
    fn in_order<T>(&self, mut of_keys: Vec<Vec<T>>) -> Vec<Vec<T>> {
        let take = |key: &Option<usize>| key.map(|key| std::mem::take(&mut of_keys[key]));
        self.of_rows.iter().map(take).map(Option::unwrap_or_default).collect()
    }
}

impl<C: Described, DB: Backend> Lookup<C, DB> {
    /// Finds the rows of each key.
    async fn each(
        &mut self,
        connector: &mut Connector<'_, DB>,
        keys: &[&[RawValue]],
    ) -> Result<Found<C>, Error> {
        let mut found = Found::nothing(keys, self.width_of_taken());
        self.find(connector, keys, &mut found).await?;
        Ok(found)
    }
}

/// Rows, and the key that each was found by.
struct Found<C> {
    rows: Vec<C>,
    of_keys: Vec<usize>,
    /// The values that were taken along.
    taken: Keys,
    /// The index of each key.
    indices: ByKey<usize>,
    /// The chunk keys of a model with a join, each with the index of the key that it was found by.
    chunk_keys: HashSet<(usize, Identity)>,
}

impl<C> Found<C> {
    fn nothing(keys: &[&[RawValue]], width_of_taken: usize) -> Self {
        let mut indices = ByKey::new();
        for (index, key) in keys.iter().enumerate() {
            indices.insert(key, index);
        }
        let (rows, of_keys, chunk_keys) = (Vec::new(), Vec::new(), HashSet::new());
        Self { rows, of_keys, taken: Keys::new(width_of_taken), indices, chunk_keys }
    }
}

impl<C: Described> Answers<C> for Found<C> {
    /// A row that has one of the keys byte by byte belongs to that key, not to another one that the
    /// database considers equal.
    fn add_numbered(&mut self, rows: Fetched<C>, asked: &[usize]) -> Result<(), Error> {
        let Fetched { rows, keys, taken, key_indices, .. } = rows;
        let found = rows.into_iter().zip(keys.iter()).zip(key_indices);
        for (place, ((row, key), index)) in found.enumerate() {
            let index = asked[index];
            if self.indices.get(key).is_some_and(|own| *own != index) {
                continue;
            }
            if let Some(chunk_keys) = taken.get(1) {
                let chunk_key = chunk_keys.get(place);
                if !self.chunk_keys.insert((index, Identity::of(chunk_key))) {
                    return Err(Key::of(C::MODEL).duplicate(chunk_key));
                }
            }
            self.rows.push(row);
            self.of_keys.push(index);
            self.taken.push(taken[0].get(place));
        }
        Ok(())
    }

    /// If one row cannot be matched, all of them are asked for again: a row written in between must
    /// not be in one answer and missing from the other.
    fn add_by_bytes(&mut self, mut rows: Fetched<C>, asked: &[usize]) -> Result<Vec<usize>, Error> {
        let first = asked.first().copied().unwrap_or(0);
        let told = |key| {
            let index = self.indices.get(key)?.checked_sub(first)?;
            (index < asked.len()).then_some(index)
        };
        match rows.keys.iter().map(told).collect() {
            Some(key_indices) => {
                rows.key_indices = key_indices;
                self.add_numbered(rows, asked)?;
                Ok(Vec::new())
            }
            None => Ok(asked.to_vec()),
        }
    }

    fn is_open(&self, _: usize) -> bool {
        true
    }
}
