//! What a model says of its table.

use sqlx_chunked_proof::{Claim, Claims, Column, Mark, Sorted, TableName};

use super::{Read, columns::elsewhere};
use crate::{backend::dialect::Direction, model::Model};

/// Returns everything that an iteration over a table relies on.
pub(super) fn of(read: &Read) -> Claims {
    let Read { table, order, columns } = read;
    let model = table.model;
    let name = |column: &usize| model.columns[*column].column.to_owned();
    let claim =
        |mark, columns: &[usize]| Claim { mark, columns: columns.iter().map(name).collect() };
    let unique = unique_sets(model);
    let ordered: Vec<_> = order.iter().map(|sort| sort.column).collect();
    let relied_on = [&unique.concat(), model.key, &ordered, columns].concat();
    let mut claims = Vec::new();
    for (index, column) in model.columns.iter().enumerate() {
        // The statements of a query and of a join say themselves what they lack.
        let is_own = !column.joined && model.query.is_none();
        if is_own && (!column.optional || relied_on.contains(&index)) {
            claims.push(claim(Mark::Column, &[index]));
        }
    }
    for set in &unique {
        let is_primary = set.len() == model.primary_key.len()
            && model.primary_key.iter().all(|column| set.contains(column));
        claims.push(claim(if is_primary { Mark::PrimaryKey } else { Mark::Unique }, set));
    }
    let mut seen = Vec::new();
    for (mark, columns) in
        [(Mark::ChunkKey, model.key), (Mark::NotNull, &unique.concat()), (Mark::Order, &ordered)]
    {
        for &column in columns {
            if !model.columns[column].nullable && !seen.contains(&column) {
                seen.push(column);
                claims.push(claim(mark, &[column]));
            }
        }
    }
    Claims {
        model: model.name.to_owned(),
        table: TableName {
            schema: table.schema().map(str::to_owned),
            name: table.name().to_owned(),
        },
        claims,
        order: order
            .iter()
            .map(|sort| Sorted {
                column: name(&sort.column),
                descending: sort.direction == Direction::Descending,
            })
            .collect(),
    }
}

/// Returns the sets that are marked unique, those of a single column among them, each of them once.
fn unique_sets(model: &Model) -> Vec<Vec<usize>> {
    let single = model.columns.iter().enumerate().filter(|(_, column)| column.unique);
    let single = single.map(|(index, _)| vec![index]);
    let mut sets: Vec<Vec<usize>> = Vec::new();
    for set in single.chain(model.sets.iter().map(|set| set.to_vec())) {
        if !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets
}

/// Returns the columns of a model about which the catalog has nothing.
pub(super) fn columns_from_elsewhere(model: &Model) -> impl Iterator<Item = Column> {
    let is_query = model.query.is_some();
    let reason =
        if is_query { "the column comes from a query" } else { "the column comes from `join`" };
    let columns = model.columns.iter().filter(move |column| column.joined || is_query);
    columns.map(move |column| elsewhere(column.column, reason))
}
