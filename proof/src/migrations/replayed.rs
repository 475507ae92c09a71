//! A table as the statements so far have made it.

use super::{
    columns::Others, keys::has_equality_of_text, names::is_same, place::Place, schema::Unclear,
};
use crate::{Claim, Column, Dialect, Flaw, Index, Kind, NotNull, Table, TableName};

/// A table.
#[derive(Clone, Debug)]
pub(super) struct Replayed {
    pub(super) name: TableName,
    pub(super) kind: Kind,
    pub(super) columns: Vec<ReplayedColumn>,
    pub(super) indexes: Vec<ReplayedIndex>,
    pub(super) others: Others,
    pub(super) partitioned: bool,
    /// On SQLite, whether its rows have a rowid.
    pub(super) has_rowid: bool,
    /// On MySQL, the collation of columns that name none.
    pub(super) collation: Option<String>,
    /// The reason why nothing about it is certain any more.
    pub(super) doubt: Option<Doubt>,
    /// The statement that made it, or gave it its name.
    pub(super) created: Place,
    history: Vec<Event>,
}

/// A reason why something is not certain, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Doubt {
    pub(super) reason: String,
    pub(super) place: Place,
}

/// A column.
#[derive(Clone, Debug)]
pub(super) struct ReplayedColumn {
    pub(super) column: Column,
    /// True if it refuses NULL as a part of the primary key alone.
    pub(super) by_key: bool,
    /// True if it is of a type that the database does not come with.
    pub(super) is_custom: bool,
    /// True if its values are compared by a collation, whether it is known or not.
    pub(super) is_text: bool,
    /// How many letters fit in.
    pub(super) length: Option<u64>,
}

/// An index.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct ReplayedIndex {
    pub(super) index: Index,
    /// Columns that are only included.
    pub(super) included: Vec<String>,
    pub(super) is_primary: bool,
    /// On SQLite, true for `INTEGER PRIMARY KEY`, which is the rowid and has no index.
    pub(super) is_rowid: bool,
    /// True if it came with a constraint.
    pub(super) is_constraint: bool,
    /// False if the database may have given it another name.
    pub(super) is_named: bool,
}

/// A statement about a part of a table.
#[derive(Clone, Debug)]
struct Event {
    place: Place,
    about: About,
}

/// What a statement is about.
#[derive(Clone, Debug)]
pub(super) enum About {
    /// A column that came or went, or has another type.
    Column(String),
    /// Whether a column may be NULL.
    Null(String),
    /// An index or a constraint on these columns.
    Keys(Vec<String>),
}

impl Replayed {
    pub(super) fn new(name: TableName, kind: Kind, place: Place) -> Self {
        Self {
            name,
            kind,
            columns: Vec::new(),
            indexes: Vec::new(),
            others: Others::default(),
            partitioned: false,
            has_rowid: true,
            collation: None,
            doubt: None,
            created: place,
            history: Vec::new(),
        }
    }

    pub(super) fn happened(&mut self, place: &Place, about: About) {
        self.history.push(Event { place: place.clone(), about });
    }

    /// Doubts the table, unless there is a reason already.
    pub(super) fn doubt(&mut self, reason: impl Into<String>, place: &Place) {
        self.doubt.get_or_insert_with(|| Doubt { reason: reason.into(), place: place.clone() });
    }

    pub(super) fn column(&self, dialect: Dialect, name: &str) -> Option<&ReplayedColumn> {
        self.columns.iter().find(|column| dialect.is_same_column(&column.column.name, name))
    }

    pub(super) fn column_mut(
        &mut self,
        dialect: Dialect,
        name: &str,
    ) -> Option<&mut ReplayedColumn> {
        self.columns.iter_mut().find(|column| dialect.is_same_column(&column.column.name, name))
    }

    /// Returns where an index of this name is. It is unclear if that name is a guess.
    pub(super) fn named_index(
        &self,
        dialect: Dialect,
        name: &str,
    ) -> Result<Option<usize>, Unclear> {
        match self.index(dialect, name) {
            Some(at) if !self.indexes[at].is_named => Err(Unclear),
            found => Ok(found),
        }
    }

    /// Returns where an index of this name is.
    pub(super) fn index(&self, dialect: Dialect, name: &str) -> Option<usize> {
        let is_it =
            |index: &ReplayedIndex| index.name().is_some_and(|own| is_same(dialect, own, name));
        self.indexes.iter().position(is_it)
    }

    /// Gives an index another name.
    pub(super) fn rename_index(&mut self, at: usize, name: String, place: &Place) {
        let index = &mut self.indexes[at];
        index.index.name = Some(name);
        index.is_named = true;
        let columns = index.columns();
        self.happened(place, About::Keys(columns));
    }

    /// Puts a column in the place of one of its name. Indexes by the collation of the old one go along
    /// with it.
    pub(super) fn set_column(&mut self, dialect: Dialect, column: &Column) {
        let Some(own) = self.column_mut(dialect, &column.name) else { return };
        let old = std::mem::replace(&mut own.column, column.clone());
        for part in self.indexes.iter_mut().flat_map(|index| &mut index.index.parts) {
            if part.column.as_deref() == Some(&old.name) && part.collation == old.collation {
                part.collation.clone_from(&column.collation);
            }
        }
    }

    /// Gives a column another name, wherever it is mentioned.
    pub(super) fn rename_column(&mut self, dialect: Dialect, from: &str, to: &str) {
        let rename = |name: &mut String| {
            if dialect.is_same_column(name, from) {
                to.clone_into(name);
            }
        };
        for column in &mut self.columns {
            rename(&mut column.column.name);
        }
        for index in &mut self.indexes {
            for part in &mut index.index.parts {
                part.column.as_mut().map(rename);
            }
            index.included.iter_mut().for_each(rename);
        }
        for Event { about, .. } in &mut self.history {
            match about {
                About::Column(name) | About::Null(name) => rename(name),
                About::Keys(names) => names.iter_mut().for_each(rename),
            }
        }
    }

    /// Takes a column away, and every index that it is a part of.
    pub(super) fn drop_column(&mut self, dialect: Dialect, name: &str) {
        self.columns.retain(|column| !dialect.is_same_column(&column.column.name, name));
        self.indexes.retain(|index| !index.has(dialect, name));
    }

    /// Returns the place of the last statement about what is claimed.
    pub(super) fn place_of(&self, dialect: Dialect, claim: &Claim) -> &Place {
        let is_claimed =
            |name: &String| claim.columns.iter().any(|own| dialect.is_same_column(own, name));
        let is_about = |event: &&Event| match &event.about {
            About::Column(name) => is_claimed(name),
            About::Null(name) => claim.mark.is_not_null() && is_claimed(name),
            About::Keys(names) => claim.mark.is_unique() && names.iter().any(is_claimed),
        };
        self.history.iter().rev().find(is_about).map_or(&self.created, |event| &event.place)
    }

    /// Returns the table as a catalog would describe it.
    pub(super) fn describe(&self, dialect: Dialect) -> Table {
        let mut columns: Vec<_> = self.columns.iter().map(|column| column.column.clone()).collect();
        let indexes = self.indexes.iter().filter(|index| !index.is_rowid);
        let mut indexes: Vec<_> = indexes.map(|index| self.described(dialect, index)).collect();
        if dialect == Dialect::Sqlite && self.has_rowid && self.kind == Kind::Table {
            let alias = self.indexes.iter().find(|index| index.is_rowid);
            let alias = alias.and_then(|index| index.index.parts.first()?.column.as_deref());
            let alias = alias.and_then(|name| {
                columns.iter().position(|column| dialect.is_same_column(&column.name, name))
            });
            crate::rowid::add(&mut columns, &mut indexes, alias);
        }
        Table { kind: self.kind.clone(), columns, indexes, partitioned: self.partitioned }
    }

    /// Returns an index, with a flaw if the migrations do not tell by what it compares.
    fn described(&self, dialect: Dialect, index: &ReplayedIndex) -> Index {
        let mut index = index.index.clone();
        let is_clear = index.parts.iter().all(|part| {
            let column = part.column.as_deref().and_then(|name| self.column(dialect, name));
            column.is_none_or(|column| {
                let is_same = part.collation == column.column.collation;
                let has_collation = column.column.collation.is_some();
                match dialect {
                    Dialect::Sqlite => true,
                    Dialect::Postgres => {
                        let is_own = |class: &String| {
                            column.is_text && !column.is_custom && has_equality_of_text(class)
                        };
                        part.operators.as_ref().is_none_or(is_own)
                            && (is_same || column.column.by_bytes)
                    }
                    Dialect::MySql => !part.prefix || !column.is_text || has_collation,
                }
            })
        });
        if !is_clear {
            index.flaws.push(Flaw::Unclear);
        }
        // Those that are left have the `=` of the column.
        for part in &mut index.parts {
            part.operators = None;
        }
        index
    }
}

impl ReplayedIndex {
    pub(super) fn name(&self) -> Option<&str> {
        self.index.name.as_deref()
    }

    pub(super) fn has(&self, dialect: Dialect, column: &str) -> bool {
        let is_it = |own: &String| dialect.is_same_column(own, column);
        self.columns().iter().any(is_it) || self.included.iter().any(is_it)
    }

    pub(super) fn columns(&self) -> Vec<String> {
        self.index.parts.iter().filter_map(|part| part.column.clone()).collect()
    }
}

impl ReplayedColumn {
    /// Refuses NULL, as a part of a primary key.
    pub(super) fn refuse_by_key(&mut self) {
        if self.column.not_null != NotNull::Yes {
            self.column.not_null = NotNull::Yes;
            self.by_key = true;
        }
    }
}
