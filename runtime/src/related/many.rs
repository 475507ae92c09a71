//! Any number of rows for each key: `with_many` and `with_many_through`.

use std::{collections::HashSet, ops::Range, sync::Arc};

use super::{
    Relation,
    distinct::{ByKey, Distinct, Identity},
    lookup::{Lookup, On},
    one::Reference,
};
use crate::{
    backend::{Backend, value::RawValue},
    error::Error,
    fetch::collect::Fetched,
    model::{Chunked, row::ReadRow},
    position::key::{Key, Keys, Taken},
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

impl<C: ReadRow<DB>, DB: Backend> Relation<DB> for Many<C, DB> {
    type Value = Vec<C>;

    fn columns(&self) -> Taken {
        Taken::Keys(columns(&self.parents))
    }

    async fn load(&mut self, on: &mut On<'_, '_, DB>, values: &Keys) -> Result<Vec<Vec<C>>, Error> {
        let parents = Parents::of(&self.parents, values)?;
        let mut of_keys = groups(parents.keys.len());
        let found = self.children.each(on, &parents.keys).await?;
        for (row, key) in found.rows.into_iter().zip(found.of_keys) {
            of_keys[key].push(row);
        }
        Ok(parents.in_order(of_keys))
    }
}

impl<L, R, DB> Relation<DB> for ManyThrough<L, R, DB>
where
    L: ReadRow<DB>,
    R: ReadRow<DB> + Sync,
    DB: Backend,
{
    type Value = Vec<Arc<R>>;

    fn columns(&self) -> Taken {
        Taken::Keys(columns(&self.parents))
    }

    async fn load(
        &mut self,
        on: &mut On<'_, '_, DB>,
        values: &Keys,
    ) -> Result<Vec<Vec<Arc<R>>>, Error> {
        let parents = Parents::of(&self.parents, values)?;
        let Found { of_keys: links, also, .. } = self.links.each(on, &parents.keys).await?;
        let rows = self.far.all(on, &also).await?;
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

/// The keys of the rows of a batch, no two of which are the same, unless they are NULL.
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

    /// What there is for each key, for each row.
    fn in_order<T>(&self, mut of_keys: Vec<Vec<T>>) -> Vec<Vec<T>> {
        let take = |key: &Option<usize>| key.map(|key| std::mem::take(&mut of_keys[key]));
        self.of_rows.iter().map(take).map(Option::unwrap_or_default).collect()
    }
}

/// Rows, and which of the keys each was found by.
struct Found<C> {
    rows: Vec<C>,
    of_keys: Vec<usize>,
    /// The values that were taken along.
    also: Keys,
    /// The chunk keys of a model with a join, each with its place in `of_keys`.
    chunk_keys: HashSet<(usize, Identity)>,
}

impl<C: ReadRow<DB>, DB: Backend> Lookup<C, DB> {
    /// The rows of each key.
    async fn each(
        &mut self,
        on: &mut On<'_, '_, DB>,
        keys: &[&[RawValue]],
    ) -> Result<Found<C>, Error> {
        let mut found = Found::nothing(self.taken());
        let mut asked = 0;
        while asked < keys.len() {
            let (most, numbered) = self.at_once(&keys[asked..], false);
            let end = keys.len().min(asked.saturating_add(most));
            let indices = indices(keys, asked..end);
            let rows = self.ask(on, &keys[asked..end], false).await?;
            if numbered {
                found.add(rows, asked, &indices)?;
            } else if let Some(rows) = told_by_bytes(rows, asked, &indices) {
                found.add(rows, asked, &indices)?;
            } else {
                // What the bytes do not tell, the database does, of all rows at once: what was
                // written in between must not be in one answer and not in the other.
                let (most, _) = self.at_once(&keys[asked..end], true);
                while asked < end {
                    let part = &keys[asked..end.min(asked + most)];
                    found.add(self.ask(on, part, true).await?, asked, &indices)?;
                    asked += part.len();
                }
            }
            asked = end;
        }
        Ok(found)
    }
}

/// Where some of the keys are.
fn indices(keys: &[&[RawValue]], range: Range<usize>) -> ByKey<usize> {
    let mut indices = ByKey::new();
    for index in range {
        indices.insert(keys[index], index);
    }
    indices
}

/// Numbers rows by their bytes, if these tell all of them.
fn told_by_bytes<C>(
    mut rows: Fetched<C>,
    first: usize,
    indices: &ByKey<usize>,
) -> Option<Fetched<C>> {
    let number = |key| indices.get(key).map(|index| index - first);
    rows.numbers = rows.keys.iter().map(number).collect::<Option<_>>()?;
    Some(rows)
}

impl<C: Chunked> Found<C> {
    fn nothing(taken: usize) -> Self {
        let also = Keys::new(taken);
        Self { rows: Vec::new(), of_keys: Vec::new(), also, chunk_keys: HashSet::new() }
    }

    /// Adds rows whose numbers count from the first of some keys. A row that has one of the keys
    /// byte by byte belongs to no other that the database calls equal.
    fn add(&mut self, rows: Fetched<C>, first: usize, indices: &ByKey<usize>) -> Result<(), Error> {
        let Fetched { rows, keys, also, numbers, .. } = rows;
        for (place, ((row, key), number)) in
            rows.into_iter().zip(keys.iter()).zip(numbers).enumerate()
        {
            let index = first + number;
            if indices.get(key).is_some_and(|own| *own != index) {
                continue;
            }
            if let Some(chunk_keys) = also.get(1) {
                let chunk_key = chunk_keys.get(place);
                if !self.chunk_keys.insert((index, Identity::of(chunk_key))) {
                    return Err(Key::of(C::MODEL).duplicate(chunk_key));
                }
            }
            self.rows.push(row);
            self.of_keys.push(index);
            self.also.push(also[0].get(place));
        }
        Ok(())
    }
}
