//! Rows of a model by the values of some columns: one statement, or as few as the list needs.

use std::{iter, marker::PhantomData, sync::Arc};

use crate::iteration::relations::children::Children;
use crate::{
    backend::{Backend, Statement, value::RawValue},
    batches::plan::{Filter, Plan},
    error::Error,
    expr::order::Sort,
    fetch::{
        collect::{Collector, Expected, Fetched, Request, RowKind},
        connector::Link,
    },
    model::{Model, row::ReadRow},
    position::key::{Key, Taken},
    sql::{self, List},
};

/// Where related rows are read: on the connection of their batch, as its plan says.
pub(crate) struct On<'a, 's, DB: Backend> {
    pub(crate) link: &'a mut Link<'s, DB>,
    pub(crate) plan: &'a Plan,
}

/// Finds rows of `R` by the values of some of its columns.
pub(crate) struct Lookup<R, DB: Backend> {
    pub(super) model: &'static Model,
    pub(super) columns: Box<[usize]>,
    filters: Vec<Filter<DB>>,
    order: Vec<Sort>,
    /// The key that the columns refer to, if they are to be compared as it is.
    referenced: Option<Key>,
    /// Further columns whose values are taken. Of many rows, the first list is for whoever asks for
    /// them; with a join, the second one is the chunk key, which no two of them should share.
    also: Arc<[Taken]>,
    /// Those of them that are selected with companions.
    companions: Arc<[usize]>,
    /// Whether the driver may be left out, as it seems by now.
    direct: bool,
    rows: PhantomData<fn() -> R>,
}

impl<R: ReadRow<DB>, DB: Backend> Lookup<R, DB> {
    /// Rows by columns that are unique.
    pub(crate) fn of_one(columns: &[usize]) -> Self {
        Self::new(columns.into(), None, Vec::new(), Vec::new())
    }

    /// Any number of rows for each value of a key, as they were asked for.
    pub(crate) fn of_many(columns: Box<[usize]>, key: Key, children: Children<R, DB>) -> Self {
        let Children { filters, order, .. } = children;
        let mut also = vec![Taken::References(Box::default())];
        if R::MODEL.join.is_some() {
            also.push(Taken::References(R::MODEL.key.into()));
        }
        Self::new(columns, Some(key), filters, order).with_also(also.into())
    }

    fn new(
        columns: Box<[usize]>,
        referenced: Option<Key>,
        filters: Vec<Filter<DB>>,
        order: Vec<Sort>,
    ) -> Self {
        let model = R::MODEL;
        let direct = DB::reads_directly(model);
        let (also, companions) = (Arc::default(), Arc::default());
        let rows = PhantomData;
        Self { model, columns, filters, order, referenced, also, companions, direct, rows }
    }

    fn with_also(self, also: Arc<[Taken]>) -> Self {
        let taken = also.first().map(Taken::columns).unwrap_or_default();
        // Of many rows the foreign key is told by its bytes, as the key that it refers to is.
        let own = self.referenced.as_ref().map(|_| &*self.columns).unwrap_or_default();
        let columns = [taken, own].concat();
        let mut companions: Vec<_> = self.model.companions_of_references::<DB>(&columns).collect();
        companions.sort_unstable();
        companions.dedup();
        let companions = companions.into();
        Self { also, companions, ..self }
    }

    /// Takes the values of some columns along.
    pub(crate) fn taking(self, columns: Box<[usize]>) -> Self {
        let others = self.also.iter().skip(1).cloned();
        let also = iter::once(Taken::References(columns)).chain(others).collect();
        self.with_also(also)
    }

    /// How many values are taken along with each row.
    pub(super) fn taken(&self) -> usize {
        self.also.first().map_or(0, |taken| taken.columns().len())
    }

    /// What the rows are told apart by.
    pub(super) fn key(&self) -> Key {
        Key::by(self.model, &self.columns)
    }

    /// How many of some keys can be asked for at once, and whether the rows then say which of them
    /// they were found by.
    pub(super) fn at_once(&self, keys: &[&[RawValue]], numbered: bool) -> (usize, bool) {
        let referenced = self.referenced.as_ref();
        let list = List {
            columns: &self.columns,
            keys,
            referenced,
            numbered,
            companions: &self.companions,
        };
        (list.most_keys::<DB>(), list.is_numbered::<DB>())
    }

    /// Reads the rows of some keys, which have to be few enough for one statement.
    pub(super) async fn ask(
        &mut self,
        on: &mut On<'_, '_, DB>,
        keys: &[&[RawValue]],
        numbered: bool,
    ) -> Result<Fetched<R>, Error> {
        let Self { model, columns, referenced, filters, order, companions, .. } = self;
        let referenced = referenced.as_ref();
        let list = List { columns, keys, referenced, numbered, companions };
        let statement = sql::related(model, &list, filters, order)
            .map_err(|source| Error::Bind { model: model.name, source })?;
        let kind = RowKind::Related { numbered: list.is_numbered::<DB>() };
        let statement = Statement { persistent: on.plan.is_persistent::<DB>(model), ..statement };
        let direct =
            self.direct && on.plan.direct && on.link.is_pool() && statement.values.is_some();
        let expected = Expected {
            key: self.key(),
            position: None,
            included: false,
            extra: None,
            before: 0,
            rows: u64::MAX,
            nulls_of: None,
            also: Arc::clone(&self.also),
            companions: Arc::clone(&self.companions),
            kind,
            types_asked: false,
            goes_on: false,
            goes_short: false,
            followed: true,
        };
        let request = Request { statement, expected: Arc::new(expected), direct };
        let read = on.link.read::<R, Collector<R>>(request, &mut self.direct).await?;
        Ok(read.decoded())
    }
}
