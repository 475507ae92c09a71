//! Parts of statements: conditions, and the order of the rows.

use std::{collections::VecDeque, mem::discriminant, ops::Range};

use sqlx::error::BoxDynError;

use super::{compare, writer::Writer};
use crate::{
    backend::{Backend, companion::is_number, dialect::Direction, value::RawValue},
    expr::{
        filter::Filter,
        operand::Bind,
        order::Sort,
        predicate::{DEEPEST, Node, Operator},
    },
    position::key::Key,
};

pub(super) fn sort<DB: Backend>(
    sql: &mut Writer<DB>,
    order: &[Sort],
    write_column: impl Fn(&mut Writer<DB>, usize),
) -> Result<(), BoxDynError> {
    if order.is_empty() {
        return Ok(());
    }
    sql.push(" ORDER BY ");
    sql.separated(", ", order, |sql, &Sort { column, direction }| {
        write_column(sql, column);
        let by_operator =
            DB::DIALECT.sorts_by_operator && !is_number(sql.table.model.columns[column].type_id);
        sql.push(match (direction, by_operator) {
            (Direction::Ascending, false) => " ASC",
            (Direction::Descending, false) => " DESC",
            (Direction::Ascending, true) => " USING <",
            (Direction::Descending, true) => " USING >",
        });
        Ok(())
    })
}

/// Sorts by the columns of a key that another statement selected by names of their own.
pub(super) fn sort_by_names<DB: Backend>(
    sql: &mut Writer<DB>,
    key: &Key,
) -> Result<(), BoxDynError> {
    let part = |column| key.order.iter().position(|sort| sort.column == column).unwrap_or_default();
    sort(sql, &key.order, |sql, column| sql.key_name(part(column)))
}

pub(super) fn write_filters<DB: Backend>(
    sql: &mut Writer<DB>,
    conditions: &mut Conditions,
    filters: &mut [Filter<DB>],
    implied: impl Fn(&Node<DB>) -> bool,
    leading: &[usize],
) -> Result<(), BoxDynError> {
    for filter in filters {
        if matches!(filter, Filter::Typed(node) if implied(node)) {
            continue;
        }
        if let Filter::Typed(Node::Joined { operator: "AND", nodes, .. }) = filter
            && nodes.iter().any(&implied)
        {
            for node in nodes.iter().filter(|node| !implied(node)) {
                conditions.next(sql);
                predicate(sql, node)?;
                sql.push(")");
            }
            continue;
        }
        conditions.next(sql);
        if let Filter::Typed(Node::Compare { column, operator: Operator::Equal, value }) = filter
            && DB::DIALECT.prefers_equality
            && leading.contains(column)
        {
            // With `=` alone, the server looks rows up instead of walking the index of the order.
            for (operator, rest) in [(" >= ", " AND "), (" <= ", "")] {
                sql.column(*column);
                sql.push(operator);
                value.bind(&mut sql.statement)?;
                sql.push(rest);
            }
            sql.push(")");
            continue;
        }
        if filter_alone(sql, filter)? {
            sql.note_types();
        }
        sql.push(")");
    }
    Ok(())
}

/// Writes the condition of one filter. Returns whether it is SQL of the program.
pub(super) fn filter_alone<DB: Backend>(
    sql: &mut Writer<DB>,
    filter: &mut Filter<DB>,
) -> Result<bool, BoxDynError> {
    let filter = match filter {
        Filter::Typed(node) => return predicate(sql, node).map(|()| false),
        Filter::Sql(filter) => filter,
    };
    let is_pushed = sql.with_builder(filter)?;
    if !is_pushed {
        // A closure that pushes nothing leaves every row in.
        sql.push("1 = 1");
    }
    Ok(is_pushed)
}

/// Returns the leading columns of an order that filters compare with a value by `=`.
pub(super) fn leading_equalities<DB: Backend>(key: &Key, filters: &[Filter<DB>]) -> Vec<usize> {
    let is_equal = |column: &usize| {
        filters.iter().any(|filter| {
            matches!(filter, Filter::Typed(Node::Compare { column: equal, operator: Operator::Equal, .. })
                if equal == column)
        })
    };
    key.order.iter().map(|sort| sort.column).take_while(is_equal).collect()
}

/// Returns whether all rows after a row that met a condition meet it too. This holds for the near
/// end of a range over the order's columns. If left in, the condition would compete with the seek
/// for the index, and SQLite has been seen to prefer it.
pub(super) fn is_implied<DB: Backend>(key: &Key, node: &Node<DB>) -> bool {
    let Node::Bound { columns, operator, .. } = node else { return false };
    let near = match operator {
        Operator::Greater | Operator::GreaterOrEqual => Direction::Ascending,
        _ => Direction::Descending,
    };
    columns.len() >= key.order.len()
        && key
            .order
            .iter()
            .zip(columns)
            .all(|(sort, column)| sort.column == *column && sort.direction == near)
}

fn predicate<DB: Backend>(sql: &mut Writer<DB>, node: &Node<DB>) -> Result<(), BoxDynError> {
    match node {
        Node::Compare { column, operator, value } => {
            sql.column(*column);
            sql.push(" ");
            sql.push(operator.sql());
            sql.push(" ");
            value.bind(&mut sql.statement)
        }
        Node::In { values, negated, .. } if values.is_empty() => {
            sql.push(if *negated { "1 = 1" } else { "1 = 0" });
            Ok(())
        }
        Node::In { column, values, negated } => {
            let values: Vec<_> = values.iter().map(|value| &**value).collect();
            list(sql, *column, &values, *negated)
        }
        Node::Null { column, negated } => {
            sql.null(*column, *negated);
            Ok(())
        }
        Node::Joined { operator, nodes, .. } => match as_list(operator, nodes) {
            Some((column, values)) => list(sql, column, &values, *operator == "AND"),
            None => joined(sql, operator, nodes, 0..nodes.len()),
        },
        Node::TooDeep => Err(format!(
            "a predicate is nested more than {DEEPEST} levels deep; `is_in` and chains of `or` or \
             `and` are not nested"
        )
        .into()),
        Node::Not { node, .. } => {
            sql.push("NOT (");
            predicate(sql, node)?;
            sql.push(")");
            Ok(())
        }
        Node::Bound { columns, operator, values } => {
            compare::bound(sql, columns, *operator, values)
        }
    }
}

/// Writes the condition that a column has one of some values, or none of them.
fn list<DB: Backend>(
    sql: &mut Writer<DB>,
    column: usize,
    values: &[&dyn Bind<DB>],
    negated: bool,
) -> Result<(), BoxDynError> {
    sql.column(column);
    if let Some(raw) = as_array::<DB>(values) {
        sql.push(if negated { " <> ALL (" } else { " = ANY (" });
        DB::bind_array(&mut sql.statement, raw.iter())?;
        sql.push(")");
        return Ok(());
    }
    sql.push(if negated { " NOT IN (" } else { " IN (" });
    sql.separated(", ", values, |sql, value| value.bind(&mut sql.statement))?;
    sql.push(")");
    Ok(())
}

/// The longest chain that is not written as a list.
const LONG_CHAIN: usize = 16;

/// Returns a long chain of comparisons of one column as a list: planners take much longer for a
/// chain.
fn as_list<'n, DB: Backend>(
    operator: &str,
    nodes: &'n VecDeque<Node<DB>>,
) -> Option<(usize, Vec<&'n dyn Bind<DB>>)> {
    let wanted = if operator == "OR" { Operator::Equal } else { Operator::NotEqual };
    let compared = |node: &'n Node<DB>| match node {
        Node::Compare { column, operator, value } if *operator == wanted => {
            Some((*column, &**value))
        }
        _ => None,
    };
    let (column, _) = nodes.front().filter(|_| nodes.len() > LONG_CHAIN).and_then(compared)?;
    let value = |node| compared(node).filter(|(other, _)| *other == column).map(|(_, value)| value);
    Some((column, nodes.iter().map(value).collect::<Option<_>>()?))
}

/// Returns the values if they fit one array and the database has arrays.
fn as_array<DB: Backend>(values: &[&dyn Bind<DB>]) -> Option<Vec<RawValue>> {
    let raw: Option<Vec<_>> = values.iter().map(|value| value.raw()).collect();
    raw.filter(|raw| {
        let kind = raw.first().map(discriminant);
        raw.iter().all(|value| DB::fits_array(value) && Some(discriminant(value)) == kind)
    })
}

/// Writes conditions joined by one operator, halving the chain again and again: a database's parser
/// goes one level deeper for each condition of a long chain.
fn joined<DB: Backend>(
    sql: &mut Writer<DB>,
    operator: &str,
    nodes: &VecDeque<Node<DB>>,
    range: Range<usize>,
) -> Result<(), BoxDynError> {
    if range.len() == 1 {
        return predicate(sql, &nodes[range.start]);
    }
    let middle = range.start + range.len().div_ceil(2);
    sql.push("(");
    joined(sql, operator, nodes, range.start..middle)?;
    sql.push(") ");
    sql.push(operator);
    sql.push(" (");
    joined(sql, operator, nodes, middle..range.end)?;
    sql.push(")");
    Ok(())
}

/// The conditions of a WHERE clause, each in its own parentheses: an `OR` in one of them must not
/// reach past it.
#[derive(Default)]
pub(super) struct Conditions {
    any: bool,
}

impl Conditions {
    /// Goes on after a condition that was written before.
    pub(super) const fn after_another() -> Self {
        Self { any: true }
    }

    pub(super) fn next<DB: Backend>(&mut self, sql: &mut Writer<DB>) {
        sql.push(if self.any { " AND (" } else { " WHERE (" });
        self.any = true;
    }
}
