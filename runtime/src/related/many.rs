//! Any number of rows for each key: `with_many` and `with_many_through`.

use std::sync::Arc;

use super::{
    Relation,
    keys::{ByKey, Distinct},
    lookup::{Lookup, On},
    one::Reference,
};
use crate::{
    backend::Backend,
    error::Error,
    key::{Key, Keys},
    raw::RawValue,
    read::Fetched,
    row::ReadRow,
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

    fn columns(&self) -> Box<[usize]> {
        columns(&self.parents)
    }

    async fn load(&mut self, on: &mut On<'_, '_, DB>, values: &Keys) -> Result<Vec<Vec<C>>, Error> {
        let parents = Parents::of(&self.parents, values)?;
        let mut of_keys = groups(parents.keys.len());
        for Found { rows, of_keys: numbers, .. } in self.children.each(on, &parents.keys).await? {
            for (row, number) in rows.into_iter().zip(numbers) {
                of_keys[number].push(row);
            }
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

    fn columns(&self) -> Box<[usize]> {
        columns(&self.parents)
    }

    async fn load(
        &mut self,
        on: &mut On<'_, '_, DB>,
        values: &Keys,
    ) -> Result<Vec<Vec<Arc<R>>>, Error> {
        let parents = Parents::of(&self.parents, values)?;
        let mut far = Keys::new(self.far.columns.len());
        let mut numbers = Vec::new();
        for found in self.links.each(on, &parents.keys).await? {
            found.also.iter().flat_map(Keys::iter).for_each(|key| far.push(key));
            numbers.extend(found.of_keys);
        }
        let rows = self.far.all(on, &far).await?;
        let mut of_keys = groups(parents.keys.len());
        for (row, number) in rows.into_iter().zip(numbers) {
            of_keys[number].push(row);
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
    also: Vec<Keys>,
}

impl<C: ReadRow<DB>, DB: Backend> Lookup<C, DB> {
    /// The rows of each key.
    async fn each(
        &mut self,
        on: &mut On<'_, '_, DB>,
        keys: &[&[RawValue]],
    ) -> Result<Vec<Found<C>>, Error> {
        let mut found = Vec::new();
        let mut asked = 0;
        while asked < keys.len() {
            let (most, numbered) = self.at_once(&keys[asked..], false);
            let end = keys.len().min(asked.saturating_add(most));
            let part = &keys[asked..end];
            let rows = self.ask(on, part, false).await?;
            if let Some(of_keys) = of_keys(&rows, part, numbered) {
                found.push(rows.found_by(asked, of_keys));
            } else {
                // What the bytes do not tell, the database does, of all rows at once: what was
                // written in between must not be in one answer and not in the other.
                let (most, _) = self.at_once(part, true);
                for (index, part) in part.chunks(most).enumerate() {
                    let mut rows = self.ask(on, part, true).await?;
                    let of_keys = std::mem::take(&mut rows.numbers);
                    found.push(rows.found_by(asked + index * most, of_keys));
                }
            }
            asked = end;
        }
        Ok(found)
    }
}

/// Which of the keys each row was found by, if that can be told.
fn of_keys<C>(rows: &Fetched<C>, keys: &[&[RawValue]], numbered: bool) -> Option<Vec<usize>> {
    if numbered {
        return Some(rows.numbers.clone());
    }
    let mut indices = ByKey::new();
    for (index, key) in keys.iter().enumerate() {
        indices.insert(key, index);
    }
    rows.keys.iter().map(|key| indices.get(key).copied()).collect()
}

impl<C> Fetched<C> {
    fn found_by(self, first: usize, of_keys: Vec<usize>) -> Found<C> {
        let of_keys = of_keys.into_iter().map(|index| first + index).collect();
        Found { rows: self.rows, of_keys, also: self.also }
    }
}
