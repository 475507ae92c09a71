//! Keys: primary keys, unique constraints and indexes.

use sqlparser::ast::{
    Expr, FunctionArg, FunctionArgExpr, FunctionArguments, IndexColumn, IndexOption, IndexType,
    OrderBySort, Value,
};

use super::{
    columns::{collation_name, own_part},
    names::{identifier, made},
    place::Place,
    replayed::{About, Replayed, ReplayedIndex},
    schema::{Schema, Unclear},
};
use crate::{Column, Dialect, Flaw, Index, Kind, Part, TableName};

/// A key that is declared.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) role: Role,
    pub(super) name: Option<String>,
    pub(super) parts: Vec<Part>,
    pub(super) flaws: Vec<Flaw>,
    /// Columns that are only included.
    pub(super) included: Vec<String>,
    /// True if two NULLs are one too many.
    pub(super) is_not_distinct: bool,
    pub(super) is_constraint: bool,
    pub(super) is_rowid: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Primary,
    Unique,
    /// An index that is not unique.
    Index,
}

impl Key {
    /// A constraint on one column, whose collation is taken when it is [added](add).
    pub(super) fn of_column(column: &str, role: Role, name: Option<String>) -> Self {
        Self { name, ..Self::constraint(role, vec![own_part(column, None)]) }
    }

    /// A constraint without a name.
    pub(super) const fn constraint(role: Role, parts: Vec<Part>) -> Self {
        Self {
            role,
            name: None,
            parts,
            flaws: Vec::new(),
            included: Vec::new(),
            is_not_distinct: false,
            is_constraint: true,
            is_rowid: false,
        }
    }
}

/// Understands the parts of a key.
pub(super) fn parts(
    dialect: Dialect,
    table: &Replayed,
    columns: &[IndexColumn],
) -> Result<Vec<Part>, Unclear> {
    columns.iter().map(|column| part(dialect, table, column)).collect()
}

fn part(dialect: Dialect, table: &Replayed, column: &IndexColumn) -> Result<Part, Unclear> {
    let IndexColumn { column, operator_class } = column;
    let descending = match &column.options.sort {
        None | Some(OrderBySort::Asc) => false,
        Some(OrderBySort::Desc) => true,
        Some(OrderBySort::Using(_)) => return Err(Unclear),
    };
    let operators = operator_class
        .as_ref()
        .and_then(|name| name.0.last()?.as_ident().map(|name| identifier(dialect, name)));
    // A column in parentheses is a column all the same.
    let part = match inner(&column.expr) {
        Expr::Identifier(name) => {
            let name = identifier(dialect, name);
            // What is in double quotes and no column is a text to SQLite, until there is such a column.
            Part::of(&table.column(dialect, &name).ok_or(Unclear)?.column)
        }
        Expr::Collate { expr, collation } => match inner(expr) {
            Expr::Identifier(name) => {
                let name = identifier(dialect, name);
                let column = table.column(dialect, &name).ok_or(Unclear)?;
                own_part(&column.column.name, Some(collation_name(dialect, collation)?))
            }
            _ => expression(),
        },
        Expr::Function(_) if dialect == Dialect::MySql => prefix(table, &column.expr)?,
        Expr::Value(value) if matches!(value.value, Value::Number(..)) => expression(),
        // On SQLite a text may be the name of a column.
        Expr::Value(_) | Expr::CompoundIdentifier(_) => return Err(Unclear),
        _ => expression(),
    };
    let nulls_first = column.options.nulls_first.unwrap_or(descending);
    let nulls_elsewhere = dialect == Dialect::Postgres && nulls_first != descending;
    Ok(Part { operators, descending, nulls_elsewhere, ..part })
}

fn inner(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner_expr) => inner(inner_expr),
        expr => expr,
    }
}

/// Returns a part that is an expression.
fn expression() -> Part {
    Part { column: None, ..Part::of(&Column::of("")) }
}

/// Understands `slug(10)`, the beginning of a column on MySQL, where functions are in parentheses.
fn prefix(table: &Replayed, expr: &Expr) -> Result<Part, Unclear> {
    let Expr::Function(function) = expr else { return Err(Unclear) };
    let ([name], FunctionArguments::List(list)) = (function.name.0.as_slice(), &function.args)
    else {
        return Err(Unclear);
    };
    let [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))] = list.args.as_slice()
    else {
        return Err(Unclear);
    };
    let Value::Number(letters, _) = &value.value else { return Err(Unclear) };
    let letters: u64 = letters.parse().map_err(|_| Unclear)?;
    let name = identifier(Dialect::MySql, name.as_ident().ok_or(Unclear)?);
    let column = table.column(Dialect::MySql, &name).ok_or(Unclear)?;
    // The server forgets a prefix that is as long as the column.
    let prefix = column.length.is_none_or(|length| letters < length);
    Ok(Part { prefix, ..Part::of(&column.column) })
}

/// Returns whether a class of operators of PostgreSQL has the `=` of text.
pub(super) fn has_equality_of_text(class: &str) -> bool {
    ["text_pattern_ops", "varchar_pattern_ops", "bpchar_pattern_ops", "text_ops", "varchar_ops"]
        .contains(&class)
}

/// Returns whether a method is one that keeps rows in order, and can keep them apart.
pub(super) fn is_btree(method: Option<&IndexType>, options: &[IndexOption]) -> bool {
    let is_btree = |method: &IndexType| matches!(method, IndexType::BTree);
    method.is_none_or(is_btree)
        && options.iter().all(|option| match option {
            IndexOption::Using(method) => is_btree(method),
            IndexOption::Comment(_) => true,
        })
}

/// Adds a key to a table, by the name that it has or is given.
pub(super) fn add(
    schema: &Schema,
    table: &mut Replayed,
    key: Key,
    place: &Place,
) -> Result<(), Unclear> {
    let dialect = schema.dialect;
    let Key { role, name, mut parts, flaws, included, is_constraint, is_rowid, .. } = key;
    for part in &mut parts {
        let Some(name) = &mut part.column else { continue };
        let column = table.column_mut(dialect, name).ok_or(Unclear)?;
        name.clone_from(&column.column.name);
        if part.collation.is_none() {
            part.collation.clone_from(&column.column.collation);
        }
        if role == Role::Primary && (dialect != Dialect::Sqlite || is_rowid) {
            column.refuse_by_key();
        }
    }
    let columns: Vec<_> = parts.iter().filter_map(|part| part.column.clone()).collect();
    let is_twice = |name: &String| columns.iter().filter(|other| *other == name).count() > 1;
    let is_plain = columns.len() == parts.len() && !columns.iter().any(is_twice);
    let is_explicit = name.is_some();
    let mut is_named = is_explicit || is_plain;
    let name = match name {
        // The primary key of MySQL has no other name.
        _ if dialect == Dialect::MySql && role == Role::Primary => "PRIMARY".to_owned(),
        Some(name) => name,
        None => name_for(schema, table, role, &parts, &included, is_constraint),
    };
    // MySQL numbers them in the order of the text, which is not known here.
    if dialect == Dialect::MySql
        && columns.first().is_some_and(|first| name.starts_with(&format!("{first}_")))
        && !is_explicit
    {
        is_named = false;
        for index in table
            .indexes
            .iter_mut()
            .filter(|index| index.columns().first() == columns.first() && !index.is_primary)
        {
            index.is_named = false;
        }
    }
    if table.index(dialect, &name).is_some() {
        return Err(Unclear);
    }
    if role == Role::Primary {
        for column in &columns {
            table.happened(place, About::Null(column.clone()));
        }
    }
    table.happened(place, About::Keys(columns));
    table.indexes.push(ReplayedIndex {
        index: Index {
            name: Some(name),
            unique: role != Role::Index,
            parts,
            flaws,
            ignored: false,
        },
        included,
        is_primary: role == Role::Primary,
        is_rowid,
        is_constraint,
        is_named,
    });
    Ok(())
}

/// Returns the name that the database gives to a key without one.
fn name_for(
    schema: &Schema,
    table: &Replayed,
    role: Role,
    parts: &[Part],
    included: &[String],
    is_constraint: bool,
) -> String {
    let own = &table.name;
    let is_taken = |name: &String| {
        let is_other = |table: &Replayed| table.others.inert.contains(name);
        let name = TableName { schema: own.schema.clone(), name: name.clone() };
        table.index(schema.dialect, &name.name).is_some()
            || schema.is_taken(&name)
            || is_other(table)
            || schema.tables.iter().any(is_other)
    };
    let columns = parts.iter().map(|part| part.column.as_deref().unwrap_or("expr"));
    let columns: Vec<_> = columns.chain(included.iter().map(String::as_str)).collect();
    match schema.dialect {
        // Nobody can name it.
        Dialect::Sqlite => {
            let count = table.indexes.len() + 1;
            format!("sqlite_autoindex_{}_{count}", own.name)
        }
        Dialect::Postgres => {
            let (columns, word) = match role {
                Role::Primary => (String::new(), "pkey"),
                Role::Unique if is_constraint => (columns.join("_"), "key"),
                Role::Unique | Role::Index => (columns.join("_"), "idx"),
            };
            let numbered = (1..).map(|number| format!("{word}{number}"));
            let words = std::iter::once(word.to_owned()).chain(numbered);
            let mut names = words.map(|word| made(&own.name, &columns, &word));
            names.find(|name| !is_taken(name)).unwrap_or_default()
        }
        Dialect::MySql => {
            let first = columns.first().copied().unwrap_or_default();
            let numbered = (2..).map(|number| format!("{first}_{number}"));
            let mut names = std::iter::once(first.to_owned()).chain(numbered);
            let is_free = |name: &String| table.index(Dialect::MySql, name).is_none();
            names.find(is_free).unwrap_or_default()
        }
    }
}

/// Takes the keys out that PostgreSQL makes one of, because they are the same.
pub(super) fn without_doubles(dialect: Dialect, keys: Vec<Key>) -> Vec<Key> {
    if dialect != Dialect::Postgres {
        return keys;
    }
    let mut kept: Vec<Key> = Vec::new();
    for key in keys {
        let columns =
            |key: &Key| -> Vec<_> { key.parts.iter().map(|part| part.column.clone()).collect() };
        let is_same = |other: &&mut Key| {
            let is_unique = |key: &Key| key.role != Role::Index && key.is_constraint;
            is_unique(other)
                && is_unique(&key)
                && columns(other) == columns(&key)
                && (&other.flaws, &other.included, other.is_not_distinct)
                    == (&key.flaws, &key.included, key.is_not_distinct)
        };
        match kept.iter_mut().find(is_same) {
            Some(first) => {
                if key.role == Role::Primary {
                    first.role = Role::Primary;
                }
                first.name = first.name.take().or(key.name);
            }
            None => kept.push(key),
        }
    }
    // The primary key is made first.
    kept.sort_by_key(|key| key.role != Role::Primary);
    kept
}

/// The reason why rows of a table are not all its own.
pub(super) fn has_children() -> Kind {
    Kind::Unprovable("has children by inheritance, whose rows are read with its own".into())
}
