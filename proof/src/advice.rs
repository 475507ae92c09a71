//! What is no fault, but worth a warning.

use crate::{Claims, Column, Dialect, Flaw, Index, Kind, Part, Sorted, Table};

/// Returns what to say about an order that no index of the table serves, if that is so: each batch then
/// sorts whatever is left of the table.
pub fn advice(dialect: Dialect, claims: &Claims, table: &Table) -> Option<String> {
    let Claims { order, table: name, .. } = claims;
    let is_known = order.iter().all(|sorted| table.column(dialect, &sorted.column).is_some());
    if order.is_empty() || !is_known || table.kind != Kind::Table {
        return None;
    }
    if table.indexes.iter().any(|index| serves(dialect, table, index, order)) {
        return None;
    }
    let columns: Vec<_> = order
        .iter()
        .map(|Sorted { column, descending }| {
            format!("`{column}`{}", if *descending { " DESC" } else { "" })
        })
        .collect();
    let text = format!(
        "no index of table `{}` serves the order by {}: each batch sorts the rest of the table",
        name.name,
        columns.join(", ")
    );
    let begins = |index: &&Index| {
        index.parts.first().is_some_and(|part| is_of(dialect, part, &order[0].column))
    };
    let Some(index) = table.indexes.iter().find(begins) else { return Some(text) };
    let name = index.name.as_deref().unwrap_or_default();
    Some(format!("{text}; index `{name}` does not, because it {}", reason(index)))
}

/// Returns whether the rows can be read from an index in an order, forwards or backwards. An index on
/// its first columns will do: it leaves ties to be sorted.
fn serves(dialect: Dialect, table: &Table, index: &Index, order: &[Sorted]) -> bool {
    let is_usable = !index.ignored && !index.flaws.iter().any(|flaw| leaves_out(*flaw));
    let parts: Vec<_> = index.parts.iter().zip(order).collect();
    let is_sorted = |(part, sorted): &(&Part, &Sorted)| {
        is_of(dialect, part, &sorted.column)
            && !part.prefix
            && !part.nulls_elsewhere
            && part.operators.is_none()
            && table
                .column(dialect, &sorted.column)
                .is_some_and(|Column { collation, .. }| *collation == part.collation)
    };
    let is_reversed = |(part, sorted): &(&Part, &Sorted)| part.descending != sorted.descending;
    is_usable
        && !parts.is_empty()
        && parts.iter().all(is_sorted)
        && (parts.iter().all(is_reversed) || !parts.iter().any(is_reversed))
}

fn is_of(dialect: Dialect, part: &Part, column: &str) -> bool {
    part.column.as_deref().is_some_and(|name| dialect.is_same_column(name, column))
}

const fn leaves_out(flaw: Flaw) -> bool {
    matches!(flaw, Flaw::Partial | Flaw::Invalid | Flaw::Exclusion)
}

fn reason(index: &Index) -> &'static str {
    if index.ignored {
        "is not one that rows are read in order by"
    } else if index.flaws.iter().any(|flaw| leaves_out(*flaw)) {
        "leaves rows out, or is not valid"
    } else if index.parts.iter().any(|part| part.prefix) {
        "has only the beginning of a column"
    } else {
        "is sorted otherwise"
    }
}
