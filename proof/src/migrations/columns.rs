//! Definitions of columns.

use sqlparser::{
    ast::{
        ArrayElemTypeDef, CharacterLength, ColumnOption, ConstraintCharacteristics, DataType,
        DeferrableInitial, GeneratedAs, Ident, ObjectName,
    },
    tokenizer::Token,
};

use super::{
    keys::{Key, Role},
    names::identifier,
    replayed::ReplayedColumn,
    schema::Unclear,
};
use crate::{Column, Dialect, Flaw, NotNull, Part, collation};

/// A column, and the keys that its definition has.
pub(super) struct Definition {
    pub(super) column: ReplayedColumn,
    pub(super) keys: Vec<Key>,
    /// The names of its other constraints.
    pub(super) others: Others,
}

/// The names of constraints that are no keys.
#[derive(Clone, Debug, Default)]
pub(super) struct Others {
    /// Those of checks and foreign keys, which prove nothing.
    pub(super) inert: Vec<String>,
    /// Those of NOT NULL, which from PostgreSQL 18 on can be dropped by them.
    pub(super) not_null: Vec<String>,
}

impl Others {
    pub(super) fn extend(&mut self, others: Self) {
        self.inert.extend(others.inert);
        self.not_null.extend(others.not_null);
    }
}

/// Understands the definition of a column. Each option comes with the name of its constraint.
pub(super) fn define<'a>(
    dialect: Dialect,
    name: &Ident,
    data_type: &DataType,
    default_collation: Option<&str>,
    options: impl Iterator<Item = (Option<&'a Ident>, &'a ColumnOption)>,
) -> Result<Definition, Unclear> {
    let name = identifier(dialect, name);
    let definition = match data_type {
        DataType::Unspecified => String::new(),
        data_type => data_type.to_string(),
    };
    let is_serial = is_serial(dialect, &definition);
    let mut not_null = is_serial || is_counted(dialect, &definition);
    let mut generated = false;
    let mut collation = None;
    let mut has_charset = false;
    let mut keys = Vec::new();
    let mut others = Others::default();
    // `PRIMARY KEY DESC` makes no rowid of it.
    let mut is_descending = false;
    if is_serial {
        keys.push(Key::of_column(&name, Role::Unique, None));
    }
    for (constraint, option) in options {
        let constraint = constraint.map(|name| identifier(dialect, name));
        match option {
            ColumnOption::NotNull => {
                not_null = true;
                others.not_null.extend(constraint);
            }
            ColumnOption::ForeignKey(_) | ColumnOption::Check(_) => others.inert.extend(constraint),
            // On MySQL the last of both counts.
            ColumnOption::Null if dialect == Dialect::MySql => not_null = false,
            ColumnOption::Null | ColumnOption::Default(_) | ColumnOption::OnConflict(_) => {}
            // To SQLite these are words of the type.
            ColumnOption::Comment(_)
            | ColumnOption::OnUpdate(_)
            | ColumnOption::Srid(_)
            | ColumnOption::Invisible
                if dialect == Dialect::MySql => {}
            ColumnOption::CharacterSet(_) if dialect == Dialect::MySql => has_charset = true,
            ColumnOption::Collation(name) => collation = Some(collation_name(dialect, name)?),
            ColumnOption::PrimaryKey(key) => {
                let flaws = flaws(key.characteristics.as_ref())?;
                keys.push(Key { flaws, ..Key::of_column(&name, Role::Primary, constraint) });
            }
            ColumnOption::Unique(key) => {
                let flaws = flaws(key.characteristics.as_ref())?;
                keys.push(Key { flaws, ..Key::of_column(&name, Role::Unique, constraint) });
            }
            ColumnOption::Generated { generation_expr: Some(_), .. } => generated = true,
            // An identity.
            ColumnOption::Generated {
                generated_as: GeneratedAs::Always | GeneratedAs::ByDefault,
                generation_expr: None,
                ..
            } if dialect == Dialect::Postgres => not_null = true,
            ColumnOption::DialectSpecific(tokens) => match tokens.as_slice() {
                [Token::Word(word)] => match &*word.value {
                    // It cannot be NULL: the next number would be taken instead.
                    "AUTO_INCREMENT" => not_null = true,
                    "DESC" => is_descending = true,
                    "AUTOINCREMENT" | "ASC" => {}
                    _ => return Err(Unclear),
                },
                _ => return Err(Unclear),
            },
            _ => return Err(Unclear),
        }
    }
    for key in keys.iter_mut().filter(|key| key.role == Role::Primary) {
        key.is_rowid = dialect == Dialect::Sqlite && is_integer(&definition) && !is_descending;
    }
    let (is_custom, is_text) = (is_custom(data_type), is_text(data_type));
    // A character set has a collation of its own, which only the server knows.
    let inherited = default_collation.filter(|_| is_text && !has_charset).map(str::to_owned);
    let collation = match dialect {
        Dialect::Sqlite => collation.or_else(|| Some(collation::BINARY.to_owned())),
        Dialect::Postgres => collation,
        Dialect::MySql => collation.or(inherited),
    };
    let (by_bytes, by_letters) = match (dialect, &collation) {
        (Dialect::Sqlite, Some(name)) => (name == collation::BINARY, true),
        (Dialect::Postgres, Some(name)) => (!is_custom && matches!(&**name, "C" | "POSIX"), true),
        (Dialect::Postgres, None) => (!is_custom, true),
        (Dialect::MySql, Some(name)) => {
            (collation::is_by_bytes(name), collation::is_by_letters(name))
        }
        (Dialect::MySql | Dialect::Sqlite, None) => (!is_text, !is_text),
    };
    let column = Column {
        definition,
        not_null: match (not_null, dialect) {
            (true, _) => NotNull::Yes,
            (false, Dialect::Postgres) if is_custom => {
                NotNull::Unknown("its type may be a domain that refuses NULL".into())
            }
            (false, _) => NotNull::No,
        },
        collation,
        by_bytes,
        by_letters,
        generated,
        ..Column::of(name)
    };
    let length = length(data_type);
    let column = ReplayedColumn { column, by_key: false, is_custom, is_text, length };
    Ok(Definition { column, keys, others })
}

/// Returns what is special about a constraint.
pub(super) fn flaws(
    characteristics: Option<&ConstraintCharacteristics>,
) -> Result<Vec<Flaw>, Unclear> {
    let Some(ConstraintCharacteristics { deferrable, initially, enforced }) = characteristics
    else {
        return Ok(Vec::new());
    };
    if *enforced == Some(false) {
        return Err(Unclear);
    }
    let is_deferred = matches!(initially, Some(DeferrableInitial::Deferred));
    let is_deferrable = *deferrable == Some(true) || is_deferred;
    Ok(if is_deferrable { vec![Flaw::Deferrable] } else { Vec::new() })
}

/// Returns the name of a collation, as catalogs have it.
pub(super) fn collation_name(dialect: Dialect, name: &ObjectName) -> Result<String, Unclear> {
    let parts = name.0.iter().map(|part| part.as_ident().map(|part| identifier(dialect, part)));
    let name = parts.collect::<Option<Vec<_>>>().ok_or(Unclear)?.join(".");
    Ok(match dialect {
        Dialect::Sqlite => name.to_uppercase(),
        Dialect::Postgres => name.trim_start_matches("pg_catalog.").to_owned(),
        Dialect::MySql => name.to_lowercase(),
    })
}

/// Returns whether a type is exactly the one that makes a primary key the rowid.
pub(super) fn is_integer(definition: &str) -> bool {
    definition.eq_ignore_ascii_case("INTEGER")
}

/// On MySQL this is `BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE`.
fn is_serial(dialect: Dialect, definition: &str) -> bool {
    dialect == Dialect::MySql && definition.eq_ignore_ascii_case("SERIAL")
}

fn is_counted(dialect: Dialect, definition: &str) -> bool {
    const SERIAL: [&str; 6] =
        ["SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL2", "SERIAL4", "SERIAL8"];
    dialect == Dialect::Postgres && SERIAL.iter().any(|s| definition.eq_ignore_ascii_case(s))
}

fn is_custom(data_type: &DataType) -> bool {
    match data_type {
        DataType::Custom(..) => true,
        DataType::Array(
            ArrayElemTypeDef::SquareBracket(element, _)
            | ArrayElemTypeDef::AngleBracket(element)
            | ArrayElemTypeDef::Parenthesis(element),
        ) => is_custom(element),
        _ => false,
    }
}

/// Returns whether values of a type have a collation on MySQL. A type that is not known may have one.
const fn is_text(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Char(_)
            | DataType::Character(_)
            | DataType::CharVarying(_)
            | DataType::CharacterVarying(_)
            | DataType::Varchar(_)
            | DataType::Nvarchar(_)
            | DataType::Text
            | DataType::TinyText
            | DataType::MediumText
            | DataType::LongText
            | DataType::Enum(..)
            | DataType::Set(_)
            | DataType::JSON
            | DataType::Custom(..)
    )
}

const fn length(data_type: &DataType) -> Option<u64> {
    match data_type {
        DataType::Char(Some(length))
        | DataType::Character(Some(length))
        | DataType::CharVarying(Some(length))
        | DataType::CharacterVarying(Some(length))
        | DataType::Varchar(Some(length))
        | DataType::Nvarchar(Some(length)) => match length {
            CharacterLength::IntegerLength { length, .. } => Some(*length),
            CharacterLength::Max => None,
        },
        _ => None,
    }
}

/// Returns a part that is a column by its own collation, whatever that may be.
pub(super) fn own_part(name: &str, collation: Option<String>) -> Part {
    Part { collation, ..Part::of(&Column::of(name)) }
}
