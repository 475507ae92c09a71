//! The rowid of SQLite, which keeps rows apart without an index.

use crate::{Column, Index, NotNull, Part, collation::BINARY};

/// The names of the rowid, unless a column has them.
const NAMES: [&str; 3] = ["rowid", "oid", "_rowid_"];

/// Adds the rowid to a table by all its names, and says of the column that is an alias of it what follows
/// from that.
pub fn add(columns: &mut Vec<Column>, indexes: &mut Vec<Index>, alias: Option<usize>) {
    let mut rowids = Vec::new();
    if let Some(column) = alias.and_then(|place| columns.get_mut(place)) {
        column.not_null = NotNull::Yes;
        // Numbers are compared alike by every collation.
        column.by_bytes = true;
        rowids.push(column.clone());
    }
    for name in NAMES {
        if columns.iter().all(|column| !column.name.eq_ignore_ascii_case(name)) {
            let collation = Some(BINARY.to_owned());
            let column = Column { collation, implicit: true, ..Column::of(name) };
            rowids.push(column.clone());
            columns.push(column);
        }
    }
    indexes.extend(rowids.iter().map(|column| Index {
        name: None,
        unique: true,
        parts: vec![Part::of(column)],
        flaws: Vec::new(),
        ignored: false,
    }));
}
