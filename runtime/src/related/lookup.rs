//! Finds rows of a model by the values of some columns, in as few statements as the list needs.

use std::{iter, sync::Arc};

use crate::{
    backend::{Backend, value::RawValue},
    error::Error,
    expr::{filter::Filter, order::Sort},
    fetch::{
        collect::Collector,
        connector::Connector,
        fetched::Fetched,
        request::{Expected, Request, RowKind},
    },
    model::{
        row::{DecodeAs, DecodeRow},
        table::Table,
    },
    position::{key::Key, keys::Taken},
    sql::lookup::{List, related},
};

/// Finds rows of `R` by the values of some of its columns.
pub(crate) struct Lookup<R, DB: Backend> {
    pub(super) table: Table,
    columns: Box<[usize]>,
    filters: Vec<Filter<DB>>,
    order: Vec<Sort>,
    /// The key that the columns refer to, if they must be compared by its rules.
    referenced: Option<Key>,
    /// Columns whose values are taken along. For many rows per key, the first list holds the
    /// columns that were asked for; with a join, the second one is the chunk key, which no two rows
    /// should share.
    taken: Arc<[Taken]>,
    /// The columns that are selected with companions.
    companions: Arc<[usize]>,
    decode: DecodeAs<R, DB>,
}

/// Receives the rows that a lookup finds for a relation.
pub(super) trait Answers<R> {
    /// Takes rows that the database has numbered, each with the key that it was found by. `asked`
    /// has the indices of the keys that were asked for.
    fn add_numbered(&mut self, rows: Fetched<R>, asked: &[usize]) -> Result<(), Error>;

    /// Takes rows that are matched to keys by their bytes, and returns the keys that are not
    /// answered yet.
    fn add_by_bytes(&mut self, rows: Fetched<R>, asked: &[usize]) -> Result<Vec<usize>, Error>;

    /// Returns whether the database may have more rows for a key, after all keys were asked for.
    fn is_open(&self, key: usize) -> bool;
}

impl<R: DecodeRow<DB>, DB: Backend> Lookup<R, DB> {
    /// Finds rows by unique columns.
    pub(crate) fn of_one(columns: &[usize]) -> Self {
        Self::new(columns.into(), None, Vec::new(), Vec::new())
    }

    /// Finds any number of rows for each value of a key: those that meet the filters, in an order.
    pub(crate) fn of_many(
        columns: Box<[usize]>,
        key: Key,
        filters: Vec<Filter<DB>>,
        order: Vec<Sort>,
    ) -> Self {
        let mut taken = vec![Taken::References(Box::default())];
        if R::MODEL.join.is_some() {
            taken.push(Taken::References(R::MODEL.key.into()));
        }
        Self::new(columns, Some(key), filters, order).with_taken(taken.into())
    }

    fn new(
        columns: Box<[usize]>,
        referenced: Option<Key>,
        filters: Vec<Filter<DB>>,
        order: Vec<Sort>,
    ) -> Self {
        let (taken, companions) = (Arc::default(), Arc::default());
        let table = R::MODEL.into();
        Self {
            table,
            columns,
            filters,
            order,
            referenced,
            taken,
            companions,
            decode: R::decode_row,
        }
    }
}

impl<R: Send + 'static, DB: Backend> Lookup<R, DB> {
    fn with_taken(self, taken: Arc<[Taken]>) -> Self {
        let first = taken.first().map(Taken::columns).unwrap_or_default();
        // For many rows per key, the foreign key is matched by its bytes, like the key that it
        // refers to.
        let own = self.referenced.as_ref().map(|_| &*self.columns).unwrap_or_default();
        let columns = [first, own].concat();
        let mut companions: Vec<_> = self.table.companions_of_references::<DB>(&columns).collect();
        companions.sort_unstable();
        companions.dedup();
        let companions = companions.into();
        Self { taken, companions, ..self }
    }

    /// Takes the values of some columns along with the rows.
    pub(crate) fn taking(self, columns: Box<[usize]>) -> Self {
        let others = self.taken.iter().skip(1).cloned();
        let taken = iter::once(Taken::References(columns)).chain(others).collect();
        self.with_taken(taken)
    }

    /// Sets the table of the rows that the others are related to. It has the referenced key. A schema
    /// that was named for it at run time is that of the others too, unless their struct names one or
    /// has a query.
    pub(super) fn follow(&mut self, table: &Table) {
        if let Some(key) = &mut self.referenced {
            key.table = table.clone();
        }
        let model = self.table.model;
        if let Some(schema) = table.schema_at_run_time()
            && model.schema.is_none()
            && model.query.is_none()
        {
            self.table.set_schema(schema.to_owned());
        }
    }

    /// Returns the number of values that are taken along with each row.
    pub(super) fn width_of_taken(&self) -> usize {
        self.taken.first().map_or(0, |taken| taken.columns().len())
    }

    /// Returns the key that the rows are told apart by.
    pub(super) fn key(&self) -> Key {
        Key::by(self.table.clone(), &self.columns)
    }

    /// Finds the rows of all keys, in the order of the keys. If the database cannot number them at
    /// no cost, they are matched by their bytes; it numbers only what the bytes leave open.
    pub(super) async fn find(
        &mut self,
        connector: &mut Connector<'_, DB>,
        keys: &[&[RawValue]],
        answers: &mut (impl Answers<R> + Send),
    ) -> Result<(), Error> {
        let mut open = Vec::new();
        let mut asked = 0;
        while asked < keys.len() {
            let (most, is_numbered) = self.at_once(&keys[asked..], false);
            let indices: Vec<_> = (asked..keys.len().min(asked.saturating_add(most))).collect();
            asked += indices.len();
            let rows = self.ask(connector, keys, &indices, false).await?;
            if is_numbered {
                answers.add_numbered(rows, &indices)?;
            } else {
                open.extend(answers.add_by_bytes(rows, &indices)?);
            }
        }
        open.retain(|&key| answers.is_open(key));
        let (most, _) = self.at_once(keys, true);
        for part in open.chunks(most) {
            let rows = self.ask(connector, keys, part, true).await?;
            answers.add_numbered(rows, part)?;
        }
        Ok(())
    }

    fn list<'a>(&'a self, keys: &'a [&'a [RawValue]], numbered: bool) -> List<'a> {
        let Self { columns, companions, .. } = self;
        List { columns, keys, referenced: self.referenced.as_ref(), numbered, companions }
    }

    /// Returns how many of the keys can be asked for at once, and whether the rows then say which
    /// of them they were found by.
    fn at_once(&self, keys: &[&[RawValue]], numbered: bool) -> (usize, bool) {
        let list = self.list(keys, numbered);
        (list.most_keys::<DB>(), list.is_numbered::<DB>())
    }

    /// Reads the rows of some of the keys, which must be few enough for one statement.
    async fn ask(
        &mut self,
        connector: &mut Connector<'_, DB>,
        keys: &[&[RawValue]],
        asked: &[usize],
        numbered: bool,
    ) -> Result<Fetched<R>, Error> {
        let keys: Vec<_> = asked.iter().map(|&key| keys[key]).collect();
        let mut filters = std::mem::take(&mut self.filters);
        let list = self.list(&keys, numbered);
        let kind = RowKind::Related { numbered: list.is_numbered::<DB>() };
        let statement = related(&self.table, &list, &mut filters, &self.order);
        self.filters = filters;
        let statement =
            statement.map_err(|source| Error::Bind { model: self.table.model.name, source })?;
        let expected = Expected {
            kind,
            rows: u64::MAX,
            taken: Arc::clone(&self.taken),
            companions: Arc::clone(&self.companions),
            ..Expected::answer(self.key())
        };
        let expected = Arc::new(expected);
        let collector = Collector::new(self.decode, Arc::clone(&expected));
        let request = Request { statement, expected };
        let read = connector.read(request, self.decode, collector).await?;
        Ok(read.decoded())
    }
}
