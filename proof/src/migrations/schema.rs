//! All tables as the statements so far have made them, and what is not certain about them.

use std::collections::BTreeSet;

use super::{
    names::{in_schema, is_same},
    place::Place,
    replayed::{Doubt, Replayed},
    words::Words,
};
use crate::{Dialect, Kind, TableName};

/// A statement that was not understood, or not in full.
pub(super) struct Unclear;

/// The tables of a database.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) dialect: Dialect,
    pub(super) tables: Vec<Replayed>,
    /// Tables that are no longer there, and the statement that took them away.
    gone: Vec<(TableName, Place, usize)>,
    /// Statements that were not understood.
    unclear: Vec<(Named, Doubt, usize)>,
    /// Names of sequences, types and the like, which on PostgreSQL no table or index can have.
    pub(super) others: BTreeSet<String>,
    /// How many statements there were.
    now: usize,
}

/// What a statement that was not understood may be about.
#[derive(Debug)]
enum Named {
    Everything,
    Words(Words),
}

/// What is known of a table.
pub(super) enum Found<'a> {
    Table(&'a Replayed),
    /// It is not there, since the statement at that place.
    Missing(Option<Place>),
    Unclear(Doubt),
}

impl Named {
    fn has(&self, name: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Words(words) => words.has(name),
        }
    }
}

impl Schema {
    pub(super) const fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            tables: Vec::new(),
            gone: Vec::new(),
            unclear: Vec::new(),
            others: BTreeSet::new(),
            now: 0,
        }
    }

    /// Goes on to the next statement.
    pub(super) const fn advance(&mut self) {
        self.now += 1;
    }

    /// Doubts every table that a statement names, by its own name or that of an index.
    pub(super) fn doubt_named(&mut self, words: &Words, place: &Place) {
        for table in &mut self.tables {
            let mut indexes = table.indexes.iter().filter_map(|index| index.name());
            if words.has(&table.name.name) || indexes.any(|name| words.has(name)) {
                let name = &table.name.name;
                let reason = format!("a statement names `{name}` and was not understood");
                table.doubt(reason, place);
            }
        }
        let reason = "a statement names it and was not understood".to_owned();
        let doubt = Doubt { reason, place: place.clone() };
        self.unclear.push((Named::Words(words.clone()), doubt, self.now));
    }

    /// Doubts every table.
    pub(super) fn doubt_all(&mut self, reason: &str, place: &Place) {
        for table in &mut self.tables {
            table.doubt(reason, place);
        }
        let doubt = Doubt { reason: reason.to_owned(), place: place.clone() };
        self.unclear.push((Named::Everything, doubt, self.now));
    }

    /// Returns whether a statement that was not understood may have to do with a name, since a table of that
    /// name was taken away.
    pub(super) fn is_unclear(&self, name: &str) -> bool {
        self.doubt_since(name).is_some()
    }

    fn doubt_since(&self, name: &str) -> Option<&Doubt> {
        let since = self.gone(name).map_or(0, |(_, _, at)| *at);
        let is_it = |(named, _, at): &&(Named, Doubt, usize)| *at >= since && named.has(name);
        self.unclear.iter().find(is_it).map(|(_, doubt, _)| doubt)
    }

    fn gone(&self, name: &str) -> Option<&(TableName, Place, usize)> {
        self.gone.iter().rev().find(|(gone, ..)| is_same(self.dialect, &gone.name, name))
    }

    /// Returns where a table is. It is unclear which one is meant if others have its name in other
    /// schemas, unless the schema is said, or stands for itself as on PostgreSQL.
    pub(super) fn position(&self, name: &TableName) -> Result<Option<usize>, Unclear> {
        let is_named = |table: &&Replayed| is_same(self.dialect, &table.name.name, &name.name);
        let is_it = |table: &Replayed| {
            let is_in_schema = match (&table.name.schema, &name.schema) {
                (Some(one), Some(other)) => is_same(self.dialect, one, other),
                (one, other) => one.is_none() && other.is_none(),
            };
            is_in_schema && is_named(&table)
        };
        let others = self.tables.iter().filter(is_named).filter(|table| !is_it(table)).count();
        let mut own: Vec<_> =
            (0..self.tables.len()).filter(|at| is_it(&self.tables[*at])).collect();
        // On MySQL, names in other letters may be other tables.
        if own.len() > 1 {
            own.retain(|at| self.tables[*at].name.name == name.name);
        }
        match own.first() {
            Some(_) if others > 0 && self.dialect == Dialect::MySql => Err(Unclear),
            Some(at) => Ok(Some(*at)),
            None if others > 0 => Err(Unclear),
            None => Ok(None),
        }
    }

    /// Finds a table for a model.
    pub(super) fn find(&self, name: &TableName) -> Found<'_> {
        let Some(name) = &in_schema(self.dialect, name.schema.as_deref(), &name.name) else {
            return Found::Missing(None);
        };
        if let Ok(Some(at)) = self.position(name) {
            let table = &self.tables[at];
            if self.dialect == Dialect::MySql && table.name.name != name.name {
                let place = table.created.clone();
                let reason = format!("it is called `{}` there, in other letters", table.name.name);
                return Found::Unclear(Doubt { reason, place });
            }
            return table.doubt.clone().map_or(Found::Table(table), Found::Unclear);
        }
        if let Some(doubt) = self.doubt_since(&name.name) {
            return Found::Unclear(doubt.clone());
        }
        let is_named = |table: &&Replayed| is_same(self.dialect, &table.name.name, &name.name);
        if let Some(Replayed { name, created, .. }) = self.tables.iter().find(is_named) {
            let reason = match &name.schema {
                Some(schema) => format!("a table of that name is in the schema `{schema}`"),
                None => "a table of that name is made without a schema".to_owned(),
            };
            return Found::Unclear(Doubt { reason, place: created.clone() });
        }
        Found::Missing(self.gone(&name.name).map(|(_, place, _)| place.clone()))
    }

    /// Adds a table that is new.
    pub(super) fn create(&mut self, table: Replayed) {
        self.tables.push(table);
    }

    /// Takes a table away.
    pub(super) fn remove(&mut self, at: usize, place: &Place) -> Replayed {
        let table = self.tables.remove(at);
        self.gone.push((table.name.clone(), place.clone(), self.now));
        table
    }

    /// Gives a table another name.
    pub(super) fn rename(
        &mut self,
        at: usize,
        name: TableName,
        place: &Place,
    ) -> Result<(), Unclear> {
        if self.position(&name)?.is_some_and(|other| other != at) {
            return Err(Unclear);
        }
        let mut table = self.remove(at, place);
        table.name = name;
        table.created = place.clone();
        self.tables.push(table);
        Ok(())
    }

    /// Returns the table and the place in it of an index, by its name in a schema.
    pub(super) fn index(&self, name: &TableName) -> Option<(usize, usize)> {
        let tables = self.tables.iter().enumerate();
        let mut in_schema = tables.filter(|(_, table)| table.name.schema == name.schema);
        in_schema
            .find_map(|(at, table)| table.index(self.dialect, &name.name).map(|index| (at, index)))
    }

    /// Returns whether a table, a view or an index of a schema has a name.
    pub(super) fn is_taken(&self, name: &TableName) -> bool {
        let is_table = |table: &Replayed| {
            table.name.schema == name.schema && is_same(self.dialect, &table.name.name, &name.name)
        };
        self.tables.iter().any(is_table) || self.index(name).is_some()
    }

    /// Adds something of which no more is known than that it is there.
    pub(super) fn create_opaque(
        &mut self,
        name: TableName,
        kind: Kind,
        reason: &str,
        place: &Place,
    ) {
        let mut table = Replayed::new(name, kind, place.clone());
        table.doubt(reason, place);
        self.create(table);
    }
}
