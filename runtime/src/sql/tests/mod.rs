//! Whole statements, compared as text.

mod ends;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use crate::{
    backend::{Backend, dialect::Direction, statement::Statement, value::RawValue},
    expr::{
        filter::{Filter, PushedSql},
        order::Sort,
        predicate::{Node, Operator},
    },
    model::{ColumnName, Model, Select},
    position::key::Key,
};

use super::{
    batch::{Ask, Selection, batch, count_places},
    lookup::{List, related as related_to},
    nulls::HiddenNulls,
    questions::{at_end, count},
    seek::{End, Start},
};

/// Returns the number of places after a position.
fn places<DB: Backend>(key: &Key, filters: &[Filter<DB>], from: Start<'_>) -> usize {
    count_places(key, filters, Some(from), None).expect("places")
}

fn related<DB: Backend>(
    model: &'static Model,
    list: &List<'_>,
    filters: &mut [Filter<DB>],
    order: &[Sort],
) -> Result<Statement<DB>, sqlx::error::BoxDynError> {
    related_to(&model.into(), list, filters, order)
}

const MODEL: &Model = &Model {
    columns: &[
        ColumnName::of_integers("id", "id", true, false),
        ColumnName::of_integers("head_line", "head \"line`", false, false),
    ],
    ..*NULLABLE
};

const NULLABLE: &Model = Model::ENTRIES;

/// Names that both tables have, and one that is qualified by a schema.
const JOINED: &Model = &Model {
    schema: Some("main"),
    join: Some("JOIN main.authors ON authors.id = entries.author_id"),
    columns: &[
        ColumnName::of_integers("id", "id", true, false),
        ColumnName::of_integers("author", "authors.id", false, false).joined(),
        ColumnName::of_integers("born", "main.authors.born \"in", false, true).joined(),
    ],
    ..*MODEL
};

fn key(order: &[(usize, Direction)]) -> Key {
    key_of(MODEL, order)
}

fn key_of(model: &'static Model, order: &[(usize, Direction)]) -> Key {
    let sort = |&(column, direction)| Sort { column, direction };
    Key::new(model, order.iter().map(sort).collect())
}

fn text<DB: Backend>(key: &Key, filters: Vec<Filter<DB>>, ask: Ask<'_>) -> String {
    let mut filters = filters;
    batch(key, &mut filters, ask).expect("values that can be bound").sql
}

/// Returns the statement for rows of [`NULLABLE`] with some values in one or two columns.
fn related_text<DB: Backend>(columns: &[usize], keys: &[&[RawValue]], numbered: bool) -> String {
    let list = List { columns, keys, referenced: None, numbered, companions: &[] };
    let statement = related::<DB>(NULLABLE, &list, &mut [], &Key::of(NULLABLE).order);
    statement.expect("values that can be bound").sql
}

const FIRST: Ask<'_> = Ask {
    from: None,
    up_to: None,
    places: None,
    inside: false,
    skip: 0,
    selection: Selection::Model,
    rows: 3,
    nulls: HiddenNulls::NONE,
    companions: &[],
};
