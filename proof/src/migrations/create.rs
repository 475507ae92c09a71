//! What CREATE and DROP do.

use sqlparser::ast::{
    CreateIndex, CreateTable, CreateTableLikeKind, CreateTableOptions, Expr, Ident,
    NullsDistinctOption, ObjectName, SqlOption, SqliteTableOption, TableConstraint, Value,
};

use super::{
    columns::{Definition, define, flaws, is_integer},
    keys::{Key, Role, add, has_children, is_btree, parts, without_doubles},
    names::{identifier, path},
    place::Place,
    replayed::{About, Replayed, ReplayedColumn, ReplayedIndex},
    rewrite::{Extras, Like},
    schema::{Schema, Unclear},
    words::Words,
};
use crate::{Dialect, Flaw, Kind, NotNull, TableName, engine};

/// CREATE TABLE
pub(super) fn table(
    schema: &mut Schema,
    created: &CreateTable,
    extras: &Extras,
    place: &Place,
) -> Result<(), Unclear> {
    let dialect = schema.dialect;
    let name = path(dialect, &created.name).ok_or(Unclear)?;
    if created.external || created.clone.is_some() {
        return Err(Unclear);
    }
    if created.temporary {
        // From here on its name may be that of another table.
        schema.doubt_named(&Words::of_text(&name.name), place);
        return Ok(());
    }
    match schema.position(&name) {
        Ok(Some(_)) if created.if_not_exists => return Ok(()),
        Ok(Some(at)) if created.or_replace => drop(schema.remove(at, place)),
        Ok(Some(_)) => return Err(Unclear),
        // One that could not be understood may have made it.
        Ok(None) | Err(Unclear)
            if created.if_not_exists
                && (schema.is_unclear(&name.name) || schema.others.contains(&name.name)) =>
        {
            return Err(Unclear);
        }
        Ok(None) | Err(Unclear) => {}
    }
    if created.query.is_some() {
        schema.create_opaque(name, Kind::Table, "its columns come from a query", place);
        return Ok(());
    }
    if let Some(parent) = &created.partition_of {
        let has_own_keys = !created.constraints.is_empty() || !created.columns.is_empty();
        let parent = path(dialect, parent).ok_or(Unclear)?;
        let at = schema.position(&parent)?.ok_or(Unclear)?;
        if has_own_keys {
            schema.tables[at].doubt("a partition has keys of its own", place);
        }
        schema.create_opaque(name, Kind::Table, "it is a partition of another table", place);
        return Ok(());
    }
    for parent in created.inherits.iter().flatten() {
        let parent = path(dialect, parent).ok_or(Unclear)?;
        let at = schema.position(&parent)?.ok_or(Unclear)?;
        schema.tables[at].kind = has_children();
    }
    let mut table = Replayed::new(name, Kind::Table, place.clone());
    if created.inherits.is_some() {
        table.doubt("it has columns of another table", place);
    }
    table.partitioned = created.partition_by.is_some() || extras.is_partitioned;
    options(dialect, &mut table, &created.table_options)?;
    match &created.like {
        None => {}
        Some(CreateTableLikeKind::Parenthesized(like) | CreateTableLikeKind::Plain(like)) => {
            // MySQL copies everything; PostgreSQL what is listed, which the rewriting has kept.
            let source = path(dialect, &like.name).ok_or(Unclear)?;
            copy(schema, &mut table, &source, dialect == Dialect::MySql, place)?;
        }
    }
    let mut keys = Vec::new();
    for Like { source, with_indexes } in &extras.likes {
        keys.extend(copy(schema, &mut table, source, *with_indexes, place)?);
    }
    for column in &created.columns {
        let options = column.options.iter().map(|option| (option.name.as_ref(), &option.option));
        let collation = table.collation.as_deref();
        let defined = define(dialect, &column.name, &column.data_type, collation, options)?;
        let Definition { column, keys: own, others } = defined;
        table.columns.push(column);
        table.others.extend(others);
        keys.extend(own);
    }
    for constraint in &created.constraints {
        keys.extend(key_of(dialect, &mut table, constraint)?);
    }
    let options = &created.sqlite_table_options.options;
    let is_strict = options.contains(&SqliteTableOption::Strict);
    table.has_rowid = !options.contains(&SqliteTableOption::WithoutRowid);
    for mut key in without_doubles(dialect, keys) {
        key.is_rowid &= table.has_rowid;
        let is_primary = key.role == Role::Primary;
        add(schema, &mut table, key, place)?;
        if is_primary && dialect == Dialect::Sqlite && (is_strict || !table.has_rowid) {
            refuse_null(&mut table);
        }
    }
    schema.create(table);
    Ok(())
}

/// Refuses NULL in the primary key, as on SQLite only STRICT tables and those without a rowid do.
fn refuse_null(table: &mut Replayed) {
    let primary = table.indexes.iter().filter(|index| index.is_primary);
    let columns: Vec<_> = primary.flat_map(ReplayedIndex::columns).collect();
    for name in columns {
        if let Some(column) = table.column_mut(Dialect::Sqlite, &name) {
            column.column.not_null = NotNull::Yes;
        }
    }
}

/// Understands the options of a table that have to do with its keys, which only MySQL has.
fn options(
    dialect: Dialect,
    table: &mut Replayed,
    options: &CreateTableOptions,
) -> Result<(), Unclear> {
    let options = match options {
        CreateTableOptions::None => return Ok(()),
        CreateTableOptions::With(_) if dialect == Dialect::Postgres => return Ok(()),
        CreateTableOptions::Plain(options) if dialect == Dialect::MySql => options,
        _ => return Err(Unclear),
    };
    for option in options {
        match option {
            SqlOption::KeyValue { key, value } => {
                let (key, value) = (key.to_string().to_uppercase(), text_of(value));
                if key.ends_with("COLLATE") {
                    table.collation = Some(value.to_lowercase());
                } else if key == "ENGINE" {
                    table.kind = engine::kind_of(&value);
                }
            }
            SqlOption::NamedParenthesizedList(list) => match &*list.key.value.to_uppercase() {
                "ENGINE" => {
                    let name = list.name.as_ref().ok_or(Unclear)?;
                    table.kind = engine::kind_of(&name.value);
                }
                // A table over others.
                "UNION" => table.kind = Kind::Unprovable("is a union of other tables".into()),
                _ => {}
            },
            SqlOption::Ident(_) | SqlOption::Comment(_) | SqlOption::TableSpace(_) => {}
            _ => return Err(Unclear),
        }
    }
    Ok(())
}

fn text_of(value: &Expr) -> String {
    match value {
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => text.clone(),
            other => other.to_string(),
        },
        Expr::Identifier(name) => name.value.clone(),
        other => other.to_string(),
    }
}

/// Copies the columns of a table, and its keys too where that is meant: those of MySQL by their names at
/// once, those of PostgreSQL to be named anew.
fn copy(
    schema: &Schema,
    table: &mut Replayed,
    source: &TableName,
    with_indexes: bool,
    place: &Place,
) -> Result<Vec<Key>, Unclear> {
    let at = schema.position(source)?.ok_or(Unclear)?;
    let source = &schema.tables[at];
    if source.kind != Kind::Table {
        return Err(Unclear);
    }
    if let Some(doubt) = &source.doubt {
        table.doubt(format!("it is made like `{}`: {}", source.name.name, doubt.reason), place);
    }
    let columns = source.columns.iter().cloned();
    if schema.dialect == Dialect::Postgres {
        // A NOT NULL of its own, wherever it came from.
        table.columns.extend(columns.map(|column| ReplayedColumn { by_key: false, ..column }));
    } else {
        table.columns.extend(columns);
    }
    table.collation.clone_from(&source.collation);
    if !with_indexes {
        return Ok(Vec::new());
    }
    if schema.dialect == Dialect::MySql {
        table.indexes.clone_from(&source.indexes);
        table.partitioned |= source.partitioned;
        return Ok(Vec::new());
    }
    let role = |index: &ReplayedIndex| match (index.is_primary, index.index.unique) {
        (true, _) => Role::Primary,
        (false, true) => Role::Unique,
        (false, false) => Role::Index,
    };
    let key = |index: &ReplayedIndex| Key {
        flaws: index.index.flaws.clone(),
        included: index.included.clone(),
        is_constraint: index.is_constraint,
        ..Key::constraint(role(index), index.index.parts.clone())
    };
    Ok(source.indexes.iter().map(key).collect())
}

/// Returns the key that a constraint of a table is, if it is one; of others the name is kept.
pub(super) fn key_of(
    dialect: Dialect,
    table: &mut Replayed,
    constraint: &TableConstraint,
) -> Result<Option<Key>, Unclear> {
    let named = |name: &Option<Ident>| name.as_ref().map(|name| identifier(dialect, name));
    let key = match constraint {
        TableConstraint::Unique(unique) => Key {
            // On MySQL both may be given, and the second one counts.
            name: named(&unique.index_name).or_else(|| named(&unique.name)),
            flaws: flaws(unique.characteristics.as_ref())?,
            included: included(dialect, &unique.include),
            is_not_distinct: unique.nulls_distinct == NullsDistinctOption::NotDistinct,
            ..Key::constraint(Role::Unique, parts(dialect, table, &unique.columns)?)
        },
        TableConstraint::PrimaryKey(primary) => {
            let parts = parts(dialect, table, &primary.columns)?;
            let is_rowid = dialect == Dialect::Sqlite
                && matches!(&*parts, [part] if part.column.as_deref().is_some_and(|name| {
                    let column = table.column(dialect, name);
                    column.is_some_and(|column| is_integer(&column.column.definition))
                }));
            Key {
                name: named(&primary.name),
                flaws: flaws(primary.characteristics.as_ref())?,
                included: included(dialect, &primary.include),
                is_rowid,
                ..Key::constraint(Role::Primary, parts)
            }
        }
        TableConstraint::Index(index) => Key {
            name: named(&index.name),
            is_constraint: false,
            ..Key::constraint(Role::Index, parts(dialect, table, &index.columns)?)
        },
        // It keeps nothing apart, but has a name.
        TableConstraint::FulltextOrSpatial(index) => Key {
            name: named(&index.opt_index_name),
            is_constraint: false,
            ..Key::constraint(Role::Index, parts(dialect, table, &index.columns)?)
        },
        TableConstraint::ForeignKey(key) => {
            table.others.inert.extend(named(&key.name));
            return Ok(None);
        }
        TableConstraint::Check(check) => {
            table.others.inert.extend(named(&check.name));
            return Ok(None);
        }
        TableConstraint::Exclude(exclude) => {
            if exclude.name.is_none() {
                return Err(Unclear);
            }
            table.others.inert.extend(named(&exclude.name));
            return Ok(None);
        }
        TableConstraint::PrimaryKeyUsingIndex(_) | TableConstraint::UniqueUsingIndex(_) => {
            return Err(Unclear);
        }
    };
    Ok(Some(key))
}

fn included(dialect: Dialect, names: &[Ident]) -> Vec<String> {
    names.iter().map(|name| identifier(dialect, name)).collect()
}

/// CREATE INDEX
pub(super) fn index(
    schema: &mut Schema,
    created: &CreateIndex,
    place: &Place,
) -> Result<(), Unclear> {
    let dialect = schema.dialect;
    let table_name = path(dialect, &created.table_name).ok_or(Unclear)?;
    let at = schema.position(&table_name)?.ok_or(Unclear)?;
    let name = created.name.as_ref().map(|name| path(dialect, name).ok_or(Unclear)).transpose()?;
    // On SQLite the table is in the schema of the index, whatever others have a table of its name.
    if dialect == Dialect::Sqlite && name.as_ref().is_some_and(|name| name.schema.is_some()) {
        return Err(Unclear);
    }
    let name = name.map(|name| name.name);
    if let Some(name) = &name
        && created.if_not_exists
    {
        let in_schema =
            TableName { schema: schema.tables[at].name.schema.clone(), name: name.clone() };
        let is_there = match dialect {
            Dialect::MySql => schema.tables[at].index(dialect, name).is_some(),
            Dialect::Sqlite | Dialect::Postgres => schema.is_taken(&in_schema),
        };
        if is_there {
            return Ok(());
        }
        // One that was not understood may have made it, or one that was given up half-way; and on PostgreSQL
        // other things have names, too.
        let is_certain = |table: &Replayed| {
            table.indexes.iter().all(|index| index.is_named) && !table.others.inert.contains(name)
        };
        let is_other = dialect == Dialect::Postgres
            && (schema.others.contains(name)
                || name.ends_with("_seq")
                || !schema.tables.iter().all(is_certain));
        if created.unique && (schema.is_unclear(name) || created.concurrently || is_other) {
            return Err(Unclear);
        }
    }
    if created.r#async {
        return Err(Unclear);
    }
    let key = {
        let table = &schema.tables[at];
        let is_btree = is_btree(created.using.as_ref(), &created.index_options);
        let mut flaws = Vec::new();
        if created.predicate.is_some() {
            flaws.push(Flaw::Partial);
        }
        let is_unique = created.unique && (is_btree || dialect == Dialect::MySql);
        let role = if is_unique { Role::Unique } else { Role::Index };
        Key {
            name,
            flaws,
            included: included(dialect, &created.include),
            is_constraint: false,
            ..Key::constraint(role, parts(dialect, table, &created.columns)?)
        }
    };
    let mut table = schema.tables[at].clone();
    add(schema, &mut table, key, place)?;
    schema.tables[at] = table;
    Ok(())
}

/// CREATE VIEW and its kin: no more is known than that it is there.
pub(super) fn opaque(
    schema: &mut Schema,
    name: &ObjectName,
    what: &str,
    place: &Place,
) -> Result<(), Unclear> {
    let name = path(schema.dialect, name).ok_or(Unclear)?;
    match schema.position(&name)? {
        // OR REPLACE, or IF NOT EXISTS, of a view.
        Some(at) if schema.tables[at].kind != Kind::Table => drop(schema.remove(at, place)),
        Some(_) => return Err(Unclear),
        None => {}
    }
    let kind = Kind::Unprovable(format!("is {what}").into());
    schema.create_opaque(name, kind, &format!("it is {what}"), place);
    Ok(())
}

/// DROP TABLE, DROP VIEW
pub(super) fn drop_tables(
    schema: &mut Schema,
    names: &[ObjectName],
    is_view: bool,
    if_exists: bool,
    place: &Place,
) -> Result<(), Unclear> {
    for name in names {
        let name = path(schema.dialect, name).ok_or(Unclear)?;
        match schema.position(&name)? {
            // Some databases are content with the other kind, and leave it.
            Some(at) if is_view != (schema.tables[at].kind != Kind::Table) => return Err(Unclear),
            Some(at) => drop(schema.remove(at, place)),
            None if if_exists && !schema.is_unclear(&name.name) => {}
            None => return Err(Unclear),
        }
    }
    Ok(())
}

/// DROP INDEX
pub(super) fn drop_indexes(
    schema: &mut Schema,
    names: &[ObjectName],
    table: Option<&ObjectName>,
    if_exists: bool,
    place: &Place,
) -> Result<(), Unclear> {
    for name in names {
        let name = path(schema.dialect, name).ok_or(Unclear)?;
        let found = match table {
            Some(table) => {
                let table = path(schema.dialect, table).ok_or(Unclear)?;
                let at = schema.position(&table)?.ok_or(Unclear)?;
                schema.tables[at].index(schema.dialect, &name.name).map(|index| (at, index))
            }
            None => schema.index(&name),
        };
        if let Some((at, index)) = found
            && !schema.tables[at].indexes[index].is_named
        {
            return Err(Unclear);
        }
        match found {
            Some((at, index)) => drop_index(schema.dialect, &mut schema.tables[at], index, place),
            None => not_found(schema, &name.name, if_exists, place)?,
        }
    }
    Ok(())
}

/// Takes an index away.
pub(super) fn drop_index(dialect: Dialect, table: &mut Replayed, index: usize, place: &Place) {
    let dropped = table.indexes.remove(index);
    let columns = dropped.columns();
    if dropped.is_primary {
        for name in &columns {
            table.happened(place, About::Null(name.clone()));
            let Some(column) = table.column_mut(dialect, name) else { continue };
            if column.by_key {
                let reason = "only the primary key refused NULL, and is gone";
                column.column.not_null = NotNull::Unknown(reason.into());
            }
        }
    }
    table.happened(place, About::Keys(columns));
}

/// Doubts what an index of an unknown name may have been of.
fn not_found(
    schema: &mut Schema,
    name: &str,
    if_exists: bool,
    place: &Place,
) -> Result<(), Unclear> {
    // One that was not understood made it, and its table is not certain since then.
    if schema.is_unclear(name) {
        return Err(Unclear);
    }
    let reason = format!("an index `{name}` is dropped, and it is not clear which one that is");
    if !if_exists {
        schema.doubt_all(&reason, place);
        return Ok(());
    }
    for table in &mut schema.tables {
        if table.indexes.iter().any(|index| !index.is_named) {
            table.doubt(reason.clone(), place);
        }
    }
    Ok(())
}
