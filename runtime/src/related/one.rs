//! At most one row for each key: `with_one`, `with_optional`, and the far side of
//! `with_many_through`.

use std::sync::Arc;

use super::{
    Relation,
    distinct::{ByKey, Distinct},
    lookup::{Lookup, On},
};
use crate::{
    backend::{Backend, value::RawValue},
    error::Error,
    model::{Model, row::ReadRow},
    position::key::{Keys, Taken},
};

/// The row that a foreign key refers to.
pub(crate) struct One<R, DB: Backend> {
    pub(crate) reference: Reference<R, DB>,
}

/// The row that a foreign key refers to, if it is not NULL, and there is one.
pub(crate) struct Optional<R, DB: Backend> {
    pub(crate) reference: Reference<R, DB>,
}

/// A foreign key of a model, and how the rows that it refers to are found.
pub(crate) struct Reference<R, DB: Backend> {
    pub(crate) model: &'static Model,
    pub(crate) columns: Box<[usize]>,
    pub(crate) rows: Lookup<R, DB>,
}

impl<R: ReadRow<DB> + Sync, DB: Backend> Relation<DB> for One<R, DB> {
    type Value = Arc<R>;

    fn columns(&self) -> Taken {
        Taken::References(self.reference.columns.clone())
    }

    async fn load(&mut self, on: &mut On<'_, '_, DB>, values: &Keys) -> Result<Vec<Arc<R>>, Error> {
        self.reference.all(on, values).await
    }
}

impl<R: ReadRow<DB> + Sync, DB: Backend> Relation<DB> for Optional<R, DB> {
    type Value = Option<Arc<R>>;

    fn columns(&self) -> Taken {
        Taken::References(self.reference.columns.clone())
    }

    async fn load(
        &mut self,
        on: &mut On<'_, '_, DB>,
        values: &Keys,
    ) -> Result<Vec<Option<Arc<R>>>, Error> {
        self.reference.any(on, values).await
    }
}

impl<R: ReadRow<DB> + Sync, DB: Backend> Reference<R, DB> {
    /// The row that each key refers to, which has to be there.
    pub(super) async fn all(
        &mut self,
        on: &mut On<'_, '_, DB>,
        values: &Keys,
    ) -> Result<Vec<Arc<R>>, Error> {
        let rows = self.any(on, values).await?;
        let missing = |key: &[RawValue]| Error::Missing {
            model: self.model.name,
            key: self.model.describe(self.columns.iter().copied(), key),
            related: self.rows.model.name,
            table: self.rows.model.table,
        };
        rows.into_iter()
            .zip(values.iter())
            .map(|(row, key)| row.ok_or_else(|| missing(key)))
            .collect()
    }

    /// The row that each key refers to, if there is one.
    async fn any(
        &mut self,
        on: &mut On<'_, '_, DB>,
        values: &Keys,
    ) -> Result<Vec<Option<Arc<R>>>, Error> {
        let Distinct { keys, of_rows } = Distinct::of(values);
        let rows = self.rows.one_each(on, &keys).await?;
        Ok(of_rows.into_iter().map(|key| rows[key?].clone()).collect())
    }
}

impl<R: ReadRow<DB> + Sync, DB: Backend> Lookup<R, DB> {
    /// The row of each key, if there is one.
    async fn one_each(
        &mut self,
        on: &mut On<'_, '_, DB>,
        keys: &[&[RawValue]],
    ) -> Result<Vec<Option<Arc<R>>>, Error> {
        let mut found = vec![None; keys.len()];
        let mut rows = ByKey::new();
        let mut open = Vec::new();
        let mut asked = 0;
        while asked < keys.len() {
            let (most, numbered) = self.at_once(&keys[asked..], false);
            let end = keys.len().min(asked.saturating_add(most));
            let indices: Vec<_> = (asked..end).collect();
            self.ask_for(on, keys, &indices, false, &mut found, &mut rows).await?;
            if !numbered {
                open.extend(indices.into_iter().filter(|&index| {
                    found[index] = rows.get(keys[index]).cloned();
                    found[index].is_none()
                }));
            }
            asked = end;
        }
        // What the bytes do not tell, the database does.
        open.retain(|&index| rows.may_have(keys[index]));
        let (most, _) = self.at_once(keys, true);
        for part in open.chunks(most) {
            self.ask_for(on, keys, part, true, &mut found, &mut rows).await?;
        }
        Ok(found)
    }

    /// Asks for the rows of some of the keys. A row that was read before is shared with the keys
    /// that it belongs to as well.
    async fn ask_for(
        &mut self,
        on: &mut On<'_, '_, DB>,
        keys: &[&[RawValue]],
        indices: &[usize],
        numbered: bool,
        found: &mut [Option<Arc<R>>],
        rows: &mut ByKey<Arc<R>>,
    ) -> Result<(), Error> {
        let asked: Vec<_> = indices.iter().map(|&index| keys[index]).collect();
        let fetched = self.ask(on, &asked, numbered).await?;
        let mut numbers = fetched.numbers.iter();
        let mut keys_seen = ByKey::new();
        for (row, key) in fetched.rows.into_iter().zip(fetched.keys.iter()) {
            let row = Arc::clone(rows.get_or_insert_with(key, || Arc::new(row)));
            let before = match numbers.next() {
                Some(&number) => found[indices[number]].replace(row),
                None => keys_seen.insert(key, row),
            };
            if before.is_some() {
                return Err(self.key().duplicate(key));
            }
        }
        Ok(())
    }
}
